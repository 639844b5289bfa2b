"""Our tables: created, brought up to date, compared, and kept from the host's migrations."""

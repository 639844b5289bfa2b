"""Our own Alembic environment, with a version table of its own beside the host's."""

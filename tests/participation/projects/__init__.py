"""Projects: their phases, pages, calendar entries and open data."""

"""Projects: their pages, where they stand in time, and what is open in each phase."""

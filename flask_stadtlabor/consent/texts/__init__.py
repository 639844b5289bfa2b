"""The texts of purposes: drafts, immutable versions, and their differences."""

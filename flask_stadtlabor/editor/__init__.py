"""The editor of entries: forms from their description, drafts, what publishing does."""

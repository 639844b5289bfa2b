"""The editor of entries: forms from their description, drafts, their history, what publishing does."""

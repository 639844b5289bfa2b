"""Host portals of several kinds."""

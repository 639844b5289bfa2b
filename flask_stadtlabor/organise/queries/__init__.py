"""Queries of the back office; the number of statements per page does not depend on list lengths."""

"""The translators’ half: every word in a catalog, and every catalog on a page."""

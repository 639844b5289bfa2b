"""Translations: every message is in a catalog, and every catalog is used."""

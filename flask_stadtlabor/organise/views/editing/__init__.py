"""Views of the editor: events, what they share, their pictures and languages."""

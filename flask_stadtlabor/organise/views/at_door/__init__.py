"""Views of the door, with a network and without."""

"""Ways through the whole portal, from the list to the last click."""

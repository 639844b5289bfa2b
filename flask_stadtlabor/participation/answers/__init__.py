"""Official answers to ideas: published, corrected, told to whoever has to do with the idea."""

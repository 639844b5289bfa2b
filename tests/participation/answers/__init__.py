"""Official answers to ideas."""

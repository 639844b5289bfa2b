"""What happens to ideas by itself as time goes by."""

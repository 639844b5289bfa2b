"""What somebody takes part in, on one page."""

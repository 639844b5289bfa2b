"""Ready ports. One that leans on another extension is used when that is set up on the app."""

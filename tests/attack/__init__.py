"""What somebody tries who means harm, and how each is found or comes to nothing."""

"""Ready-made ports. A port for another extension is used when that extension is set up."""

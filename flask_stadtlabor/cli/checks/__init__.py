"""What ``flask stadtlabor check`` looks at, a module for each side of it."""

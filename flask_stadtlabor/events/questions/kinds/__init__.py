"""The kinds of questions; each module here has one."""

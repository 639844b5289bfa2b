"""The demo: content, people, and the command that prepares both."""

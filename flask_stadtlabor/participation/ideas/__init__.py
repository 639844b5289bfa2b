"""Ideas of a project: written, supported, followed, changed and withdrawn by people."""

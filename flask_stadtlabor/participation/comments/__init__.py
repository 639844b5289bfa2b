"""Comments on ideas, projects and events: written, answered, agreed to and withdrawn."""

"""The exchange file: import and export of purposes, series, projects and events."""

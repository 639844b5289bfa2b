"""Events for machines: calendars, feeds, structured data, the host's sitemap."""

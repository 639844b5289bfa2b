"""Events: series, events with programme and venue, projects; their pages, calendars and feeds."""

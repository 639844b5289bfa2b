"""What people see and send: the form of an event, and the pages behind a personal link."""

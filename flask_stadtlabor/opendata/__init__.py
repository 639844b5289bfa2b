"""Open data (D6): events and series as JSON and CSV, with a licence and without a person."""

"""What citizens wrote in CONSUL comes here."""

"""Bringing in what citizens wrote in CONSUL, by its public API; nobody gets an account."""

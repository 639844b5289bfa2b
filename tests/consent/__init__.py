"""Consent: texts, the ledger, withdrawal and what a text's page shows."""

"""Privacy: retention, export and erasure of personal data, and the record of processing."""

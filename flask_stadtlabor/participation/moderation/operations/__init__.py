"""What changes reports, decisions and objections. Operations flush; the caller commits."""

"""Registration: sign-up, seats, waiting list, self-service."""

"""What is told of consents: counts for staff, receipts for the person."""

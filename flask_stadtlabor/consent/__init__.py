"""Consent: purposes, immutable texts, the ledger, receipts, withdrawal.

Knows events as opaque keys only.
"""

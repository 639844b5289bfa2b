"""The consent ledger: its chain of hashes, what appends to it, and what proves that it is whole."""

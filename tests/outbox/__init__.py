"""Mail: what it says, how it leaves, and that each leaves once."""

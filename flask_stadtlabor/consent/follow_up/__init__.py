"""What staff does after a withdrawal: what was published, and what is to be taken down."""

"""What participants are told by mail: news, gathered into one digest a day, and answers at once."""

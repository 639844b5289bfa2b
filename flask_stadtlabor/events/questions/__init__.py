"""The questions that an event asks those who register, and the kinds that there are."""

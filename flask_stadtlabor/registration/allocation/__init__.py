"""Who gets a seat: counters, the waiting list, and how long seats are held."""

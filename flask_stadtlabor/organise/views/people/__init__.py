"""Views about those who have registered, and what is written, printed and downloaded of them."""

"""Double opt-in."""

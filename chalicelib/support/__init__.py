"""Tickets: what people ask of us, and what we answer."""

"""Canned answers and macros: what is said and done to a ticket again and again, in every language."""

"""Closing the loop: somebody answers who was unhappy, changes something, and tells them so."""

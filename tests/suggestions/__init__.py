"""The board of suggestions."""

"""Closing the loop."""

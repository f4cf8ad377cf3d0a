"""Consent and preferences."""

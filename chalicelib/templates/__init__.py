"""Texts with placeholders: bounded rendering, versions, languages, and HTML for mail programs."""

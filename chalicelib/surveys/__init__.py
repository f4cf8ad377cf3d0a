"""Surveys: what is asked, in which languages, of whom, and whether it may be answered now."""

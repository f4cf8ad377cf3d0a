"""Rapport's features, each a folder, on a small kernel."""

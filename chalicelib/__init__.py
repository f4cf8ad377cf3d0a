"""Rapport's features, each a folder, on a small kernel."""

import gc

# What is imported stays. By Python's own thresholds the collector would walk all of it, in every cold start.
gc.set_threshold(100_000, 20, 20)

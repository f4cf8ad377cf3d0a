"""Rapport's features, each a folder, on a small kernel."""

import gc

# What is imported stays, some 140,000 objects: the collector need not walk them in every cold start.
gc.set_threshold(200_000, 20, 20)  # until kernel/aws.py makes the first client

"""Batches, imports and exports."""

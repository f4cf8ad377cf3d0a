"""Many customers at once: batches, imports and exports."""

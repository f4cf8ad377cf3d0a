"""Finding customers: lists, filters, search, and the index they read."""

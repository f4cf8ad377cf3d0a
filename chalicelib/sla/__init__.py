"""Service levels: what is promised to whom, whether it is kept, and the figures of it."""

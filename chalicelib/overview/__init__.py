"""A customer at a glance: the 360° view and the summary it reads."""

"""A customer's own tickets, seen and answered by a link that they are mailed."""

"""Operating the queues."""

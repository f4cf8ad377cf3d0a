"""Operating the queues: how full they are, what they gave up, and to pause, redrive and replay them."""

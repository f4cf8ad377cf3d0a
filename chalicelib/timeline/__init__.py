"""What happened between a customer and us, on every channel."""

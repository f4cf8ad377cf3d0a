"""What customers think: responses and their statistics."""

"""What customers think: survey responses and suggestions, and their statistics."""

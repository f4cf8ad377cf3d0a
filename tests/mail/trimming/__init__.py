"""What is seen of a reply, by what programs in many languages write around it."""

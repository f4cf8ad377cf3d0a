"""What a response says, without AWS: its language, sentiment, themes and urgency."""

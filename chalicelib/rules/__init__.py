"""What a customer allows us, channel by channel and topic by topic, and how they like to be reached."""

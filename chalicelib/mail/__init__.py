"""Mail in and out: reading, classifying, composing, sending, delivery events, suppression."""

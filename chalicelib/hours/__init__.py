"""Business hours: calendars with breaks, holidays and time zones, and arithmetic in them."""

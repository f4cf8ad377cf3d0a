"""Follow-ups: what somebody on the staff is to do for a customer, and when."""

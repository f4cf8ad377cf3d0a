"""Reads what SES tells us by SNS: receipts of mail that came, and what became of mail we sent. Pure."""

"""Webhooks: what happened, told by signed HTTP requests to endpoints of the business's own choice."""

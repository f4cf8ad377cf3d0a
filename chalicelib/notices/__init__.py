"""Notices to staff, by mail: what happened on tickets that concern them."""

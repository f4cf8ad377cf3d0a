"""Invitations to surveys: whom we ask, when, by which mail, and the pages on which people answer."""

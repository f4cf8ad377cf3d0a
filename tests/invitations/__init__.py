"""Tests of invitations to surveys, and of the pages that answer them."""

"""Tests, mirroring chalicelib/."""

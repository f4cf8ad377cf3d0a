"""Tests of what is made of responses' words."""

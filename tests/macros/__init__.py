"""Tests of macros."""

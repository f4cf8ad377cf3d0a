"""Tests of finding customers."""

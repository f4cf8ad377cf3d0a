"""Tests of what the API promises over HTTP."""

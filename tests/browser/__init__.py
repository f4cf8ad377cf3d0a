"""Drives the pages in a real browser: `make test-browser`. Not part of `make test`: few machines have one."""

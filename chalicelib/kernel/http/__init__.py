"""Typed HTTP routes, problems, paging and the OpenAPI document."""

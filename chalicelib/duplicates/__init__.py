"""Customers who may be known twice: candidates with a score and the reasons."""

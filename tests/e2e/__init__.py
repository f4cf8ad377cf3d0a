"""Tests against the deployed local cloud, through its public doors only."""

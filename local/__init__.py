"""The whole backend on one machine: start, deploy, seed, SMTP door, outbox page."""

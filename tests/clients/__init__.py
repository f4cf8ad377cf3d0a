"""What other people's programs, which know nothing of Rapport, do with a local cloud: make test-clients."""

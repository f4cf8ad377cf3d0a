"""Who our customers are: profile and identities."""

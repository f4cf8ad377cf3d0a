"""Who may do what: API keys, staff, teams, the authorizer."""

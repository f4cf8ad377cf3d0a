"""The knowledge base: articles and their versions, search, votes, and the pages at /help."""

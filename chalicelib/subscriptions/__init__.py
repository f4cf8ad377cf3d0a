"""Double opt-in by mail: the request, its public page, and the answer."""

"""The board of suggestions: what people wish for, who wishes it too, and what becomes of it."""

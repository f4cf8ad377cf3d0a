"""Companies: their domains, and who belongs to them."""

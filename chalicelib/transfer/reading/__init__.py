"""Reading files of rows, whatever wrote them; without AWS."""

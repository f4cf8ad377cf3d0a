"""Rules: what is to be done with a mail, said as data: conditions on it and its sender, and actions."""

"""What people may ask of us by law: what we know of them, to forget them, and to keep nothing too long."""

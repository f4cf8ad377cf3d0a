"""The template and the package, as they are deployed."""

"""One table per kind of case."""

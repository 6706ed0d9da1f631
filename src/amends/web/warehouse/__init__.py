"""The warehouse's pages."""

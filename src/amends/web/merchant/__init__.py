"""The merchant's desk."""

"""The platform's console."""

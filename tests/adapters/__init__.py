"""The ways to the outside worlds."""

"""The whole trade as pure functions and tables: no clock, no chance, no world. Standard library only."""

"""Amends (善后): the open, self-hosted after-sales platform for marketplaces."""

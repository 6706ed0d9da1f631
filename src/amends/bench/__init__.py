"""`amends bench`: every figure of the architecture page beside its floor, taken in the same run on the same server settings."""

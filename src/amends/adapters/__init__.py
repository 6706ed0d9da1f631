"""The outside worlds: one folder each, with its protocol and its real clients."""

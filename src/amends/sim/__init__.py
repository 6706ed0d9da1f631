"""The seeded simulator: model people, a virtual clock, invariants after every step."""

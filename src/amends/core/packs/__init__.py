"""Policy packs: one data file per platform."""

"""The door: sign-in, first page, one's own account, preferences, health, the demo's clock, and pages for what went wrong."""

"""The web shell, in the test client and in Chromium."""

"""What screens and the API read: one file a screen, every read in the scope of one merchant or of the platform."""

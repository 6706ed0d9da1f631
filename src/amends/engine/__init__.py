"""The road every wish takes to the table and back: commands in, decisions written, in one transaction."""

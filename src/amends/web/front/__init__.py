"""Front-end libraries: which, and how they come to be served by ourselves."""

"""What happens by itself: clocks that run out, effects on the world, batches and imports left to work off."""

"""Programs that stand in for the outside world in the demo and in tests; nothing in the product knows that they are simulators (LO-4, MO-5)."""

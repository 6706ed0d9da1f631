"""The simulators, as programs of their own."""

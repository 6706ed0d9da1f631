"""Mail as the trade understands it: what a message says, which thread it belongs to, when it counts as sent, what came back (TI-4). Pure."""

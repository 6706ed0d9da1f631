"""The platform's desk of disputes: the queue, judging, precedents, opening, and marks of unreasonable demands (UI-5, DI-6, DI-11)."""

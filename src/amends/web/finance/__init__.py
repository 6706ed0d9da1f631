"""Finance: refunds and receipts that wait for a person, the ledger and its statements (MO-3 … MO-5)."""

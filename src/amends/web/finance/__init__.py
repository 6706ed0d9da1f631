"""Finance: refunds that were granted and wait for a transfer by hand (MO-5)."""

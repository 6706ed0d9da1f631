"""Payment providers: how money goes back to the buyer and is asked of the buyer (MO-3, MO-5).

A provider is a connection of kind `payment`, reached over HTTP. Where a payment's provider has none, finance transfers by hand and records it (`manual`):
nobody is asked anything, so there is no adapter for it.
"""

MANUAL = "manual"
"""What stands as provider in a request that waits for finance. It is always there (MO-5)."""

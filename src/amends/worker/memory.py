"""How the worker looks for what memory it can give back: seldom, for a batch makes very many small things and no rings of them."""

import gc

AFTER = 250_000
"""Things made and not yet given up after which the youngest are looked through; Python's own measure (700) looks through every batch hundreds of times."""
LESS_OFTEN = (20, 50)
"""How many such looks make one at the older things, and how many of those one at all."""


def seldom() -> None:
    """What was loaded at the start is never looked at again, what is made later seldom. A fifth of what a batch cost was this looking (docs/decisions/0006)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AFTER, *LESS_OFTEN)

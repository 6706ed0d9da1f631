"""Mails that were kept are understood and placed, beside the worker's rounds (TI-4)."""

from __future__ import annotations

from amends.engine.house import House
from amends.engine.mail_placing import place
from amends.store import mails
from amends.worker.aside import Aside
from amends.worker.log import log

A_TURN = 20


def due(house: House) -> bool:
    """Whether a mail waits to be understood."""
    return mails.any_kept(house.pool, house.clock.now())


def place_kept(house: House) -> int:
    """One turn, in the order in which they came: an answer is never placed before what it answers. Answers how many were tried."""
    leased = mails.lease_kept(house.pool, house.clock.now(), A_TURN)
    for kept in leased:
        try:
            place(house.pool, house.secret, kept, house.clock.now())
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            log.warning("mail_not_placed", mail=kept.id, attempts=kept.attempts, error=words[:200])
            mails.put_off(house.pool, kept, house.clock.now(), words)
    return len(leased)


PLACING = Aside("mail-placing", due, place_kept)
"""Placing mails, in a thread of its own."""

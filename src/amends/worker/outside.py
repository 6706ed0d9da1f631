"""Effects that need the network: leased, performed several at a time with no transaction open, then ticked off or put off (OP-5, OP-6).

A worker that dies in between leaves its lease to the next one, so whatever is performed here may be performed twice: every performer asks the other side
under a key that is the same each time, and reports by commands whose ids are made of what they are about. A performer answers None when it is done, or the
instant to be called again (waiting is not failing); it raises when it did not work, and is called again with back-off until it is dead and a person resends it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeAlias

from amends.engine.house import House
from amends.store import outbox
from amends.store.outbox import Waiting
from amends.worker import cancellations, disputes, mail_sending, parcels, payments, pickups, tickets
from amends.worker.aside import Aside
from amends.worker.log import log
from amends.worker.reconcile import perform_run

Perform: TypeAlias = Callable[[House, str, Waiting, datetime], datetime | None]
AT_ONCE = 8
"""Calls under way at a time in one lane: the other side's slowness is waited for side by side."""
A_TURN = 32
"""Effects of one merchant leased at a time. With AT_ONCE and calls of at most 15 s the last begins well within the lease."""

OUTSIDE: dict[str, Perform] = {
    "send_refund": payments.send_request, "send_payout": payments.send_request, "send_charge": payments.send_charge, "cancel_charge": payments.cancel_charge,
    "reconcile": perform_run,
    "follow_parcel": parcels.follow, "intercept_parcel": parcels.intercept, "book_pickup": pickups.book, "cancel_pickup": pickups.cancel,
    "tell_cancellation": cancellations.tell, "open_service_order": tickets.open_service_order, "end_service_order": tickets.end_service_order,
    "carry_plan": disputes.carry_plan, "apply_remedy": disputes.apply_remedy, "undo_remedy": disputes.undo_remedy,
    "mail_ticket": mail_sending.mail,
}
"""Every effect that needs the network, by name. The column `outbox.outside` has the same names; a test compares them."""

LANES: dict[str, tuple[str, ...]] = {
    "payments": ("send_refund", "send_payout", "send_charge", "cancel_charge", "reconcile"),
    "parcels": ("intercept_parcel", "follow_parcel", "book_pickup", "cancel_pickup"),
    "mail": ("mail_ticket",),
    "house": ("tell_cancellation", "open_service_order", "end_service_order", "carry_plan", "apply_remedy", "undo_remedy"),
}
"""What may hold up what: a provider that hangs never makes a carrier wait."""

TURNS: dict[str, int] = {"mail": AT_ONCE}
"""Lanes whose calls may take a minute, for a mail server looks into a message before it answers: no more are leased than begin at once."""


def perform_outside(house: House, names: tuple[str, ...], at_once: int = AT_ONCE, turn: int = A_TURN) -> int:
    """One turn for each merchant with something due under these names; answers how many effects were tried."""
    now, known = house.clock.now(), [n for n in names if n in OUTSIDE]
    tried = 0
    with ThreadPoolExecutor(at_once, "outside") as threads:
        for merchant in outbox.merchants_outside(house.pool, now, known):
            leased = outbox.lease(house.pool, merchant, known, now, turn)
            tried += len(leased)
            list(threads.map(lambda effect, merchant=merchant: _one(house, merchant, effect), leased))
    return tried


def _one(house: House, merchant: str, effect: Waiting) -> None:
    try:
        again_at = OUTSIDE[effect.effect](house, merchant, effect, house.clock.now())
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        log.warning("outside_failed", effect=effect.effect, attempts=effect.attempts, error=words[:200])
        outbox.leased_failed(house.pool, merchant, effect, house.clock.now(), words)
    else:
        outbox.leased_done(house.pool, merchant, effect, house.clock.now(), again_at)


def lane(name: str) -> Aside:
    """One lane as work beside the worker's rounds."""
    def names() -> list[str]:
        return [n for n in LANES[name] if n in OUTSIDE]

    def due(house: House) -> bool:
        return bool(names()) and bool(outbox.merchants_outside(house.pool, house.clock.now(), names(), look_at=1))

    return Aside(f"outside-{name}", due, lambda house: perform_outside(house, LANES[name], turn=TURNS.get(name, A_TURN)))

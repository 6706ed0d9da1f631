"""The effects of the outbox, each by its name, performed for one merchant's batch at a time.

What only touches our own tables is written in the transaction that takes the row off the outbox: exactly once. An effect that fails is put off
with back-off and does not hold up the others; after many failures it is dead and a person resends it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from amends.store import outbox, refund_requests
from amends.store.connect import Pool
from amends.store.outbox import Waiting
from amends.worker.refunds import pay_refund

Perform: TypeAlias = Callable[[Any, str, list[Waiting], datetime], None]
READERS = {
    "tell_buyer": ("buyer",), "tell_merchant": ("merchant",), "tell_both": ("buyer", "merchant"), **dict.fromkeys(("tell_platform", "tell_to_judge"), ("platform",)),
    **dict.fromkeys(("tell_others", "tell_asked", "tell_judged"), ("buyer", "merchant")),
}
"""Who can read what an effect tells; `_readers` says who of them does."""


def perform(pool: Pool, merchant: str, now: datetime, most: int = 500) -> int:
    """Perform up to `most` due effects of a merchant; answers how many were taken. Safe from any number of workers."""
    with pool.connection() as conn:
        try:
            taken = outbox.take(conn, merchant, now, most)
            # All at once and in the order of their ids, as batches of commands hold them: one after the other they could wait for each other in a ring.
            refund_requests.hold_orders(conn, merchant, [w.body["order"] for w in taken if w.effect in OF_ORDERS])
            for name in dict.fromkeys(w.effect for w in taken):
                _group(conn, merchant, name, [w for w in taken if w.effect == name], now)
            conn.commit()
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
    return len(taken)


def _group(conn: Any, merchant: str, name: str, group: list[Waiting], now: datetime) -> None:
    """All of one name together; if that fails, one by one, so that only what is bad is put off."""
    try:
        with conn.transaction():
            PERFORM[name](conn, merchant, group, now)
            outbox.done(conn, merchant, [w.id for w in group], now)
    except Exception as error:
        if len(group) == 1:
            outbox.failed(conn, merchant, group[0], now, f"{type(error).__name__}: {error}")
            return
        for one in group:
            _group(conn, merchant, name, [one], now)


def _readers(told: Waiting) -> list[str]:
    """Those the effect's name says; of what one side filed the other one, of a question the side it was put to (DI-5, DI-6a)."""
    to, own = told.body.get("to"), told.body.get("from")
    return [r for r in READERS[told.effect] if r != own and (told.effect != "tell_asked" or r == to)]


def tell(conn: Any, merchant: str, group: list[Waiting], now: datetime) -> None:
    """Messages inside the product, to whom the effect's name says."""
    rows = [
        {"outbox": w.id, "case_id": w.case_id, "reader": reader, "event": w.body.get("event", ""), "body": {"version": w.body.get("version")}}
        for w in group for reader in _readers(w)
    ]
    outbox.add_notices(conn, merchant, rows, now)


def remind(conn: Any, merchant: str, group: list[Waiting], now: datetime) -> None:
    """A clock is about to run out: tell whoever is waited for, unless the case has moved on (SO-10, SO-12)."""
    due = outbox.still_due(conn, merchant, [w.case_id for w in group if w.case_id])
    rows = []
    for w in group:
        running = due.get(w.case_id or "")
        if running is not None and running[0] == datetime.fromisoformat(w.body["due_at"]):
            reader = running[1] if running[1] in ("buyer", "merchant", "platform") else "merchant"
            rows.append({"outbox": w.id, "case_id": w.case_id, "reader": reader, "event": "reminder", "body": w.body})
    outbox.add_notices(conn, merchant, rows, now)


def ask(conn: Any, merchant: str, group: list[Waiting], now: datetime) -> None:
    """Asked once to rate, and reminded once by an effect that is due later (SO-19)."""
    for event in dict.fromkeys(w.body["event"] for w in group):
        outbox.ask_once(conn, merchant, [w.case_id for w in group if w.case_id and w.body["event"] == event], event, now)


def tell_whom(conn: Any, merchant: str, group: list[Waiting], now: datetime) -> None:
    """Messages inside the product, to whom the effect's body says: on tickets the other side is the buyer or the platform."""
    rows = [
        {"outbox": w.id, "case_id": w.case_id, "reader": w.body["to"], "event": w.body.get("event", ""), "body": {"version": w.body.get("version")}}
        for w in group if w.body.get("to") in ("buyer", "merchant", "platform")
    ]
    outbox.add_notices(conn, merchant, rows, now)


TELLS = ("tell_other_side", "inform_platform", "tell_transferred", "hand_to_platform")
OF_ORDERS = frozenset({"pay_refund", "return_difference"})
"""Effects that hold their orders."""
PERFORM: dict[str, Perform] = {**dict.fromkeys(READERS, tell), **dict.fromkeys(TELLS, tell_whom), "remind": remind, "ask_to_rate": ask, "remind_to_rate": ask, "pay_refund": pay_refund, "return_difference": pay_refund}
"""Every effect of every table; a test compares it with the tables."""

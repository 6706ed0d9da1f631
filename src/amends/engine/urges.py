"""A buyer urges an order (催单), at most once in the pack's time; the merchant answers, one or many at once (OR-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from amends.core.actor import Actor
from amends.core.order_fields import STATES
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.audit import record as put_on_record
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id, new_id
from amends.engine.orders_desk import MOST_AT_ONCE, Worked
from amends.store import order_changing
from amends.store import urges as store
from amends.store.connect import Pool, scope

HURRIED = frozenset({"preparing", "locked", "awaiting_pickup", "shipped"})
"""States of an order whose buyer still waits for something the merchant can do."""
MOST_WORDS = 200


@dataclass(slots=True)
class Urged:
    """It is on the merchant's list; until when it cannot be said again."""

    id: str
    again_at: datetime
    replayed: bool = False


def again_at(last: datetime, every: int) -> datetime:
    """When an order urged at `last` may be urged again; `every` in seconds."""
    return last + timedelta(seconds=every)


def urge(pool: Pool, merchant: str, order_id: str, buyer: str, words: str, actor: Actor, now: datetime, command_id: str) -> Urged | Refusal:
    """The buyer asks where the order is. The same command id is the same urge."""
    words = " ".join(words.split())
    if len(words) > MOST_WORDS:
        return Refusal("too_long", {"zh": "催单留言", "en": "Words", "most": MOST_WORDS, "now": len(words)}, "words")
    with scope(pool, UUID(merchant)) as conn:
        order = store.hold_order(conn, merchant, order_id) if is_id(order_id) else None
        if order is None or order["buyer_id"] != buyer:
            return Refusal("order_unknown", field="order_id")
        every = timedelta(seconds=pack_of(order["pack"]).order_desk.urge_every)
        if before := store.one(conn, merchant, command_id):
            return Urged(before["id"], before["at"] + every, True) if before["order_id"] == order_id else Refusal("command_id_reused", field="command_id")
        if order["state"] not in HURRIED:
            zh, en = STATES[order["state"]]
            return Refusal("urge_not_now", {"zh": zh, "en": en})
        if order["last_at"] is not None and order["last_at"] + every > now:
            return Refusal("urge_too_soon", {"until": (order["last_at"] + every).isoformat()})
        store.add(conn, merchant, {"id": command_id, "order": order_id, "buyer": buyer, "words": words}, now)
        row = {"id": new_id(), "order_id": order_id, "what": "urged", "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "after": {"words": words}}
        order_changing.record(conn, merchant, [row], now)
    return Urged(command_id, now + every)


def answer(pool: Pool, by: By, merchant: str, urge_ids: Sequence[str], words: str, now: datetime) -> list[Worked] | Refusal:
    """The same words to each; one that a colleague answered meanwhile keeps that answer."""
    words, asked = words.strip(), list(dict.fromkeys(urge_ids))
    if refusal := by.lacks("manage_orders"):
        return refusal
    if not words:
        return Refusal("answer_missing", field="words")
    if len(words) > MOST_WORDS:
        return Refusal("too_long", {"zh": "回复", "en": "Answer", "most": MOST_WORDS, "now": len(words)}, "words")
    if not asked:
        return Refusal("nothing_chosen", field="urges")
    if len(asked) > MOST_AT_ONCE:
        return Refusal("too_many_orders", {"most": MOST_AT_ONCE}, "urges")
    with scope(pool, UUID(merchant)) as conn:
        held = {row["id"]: row for row in store.hold(conn, merchant, [i for i in asked if is_id(i)])}
        fresh = [row for row in held.values() if row["answered_at"] is None]
        if fresh:
            store.answer(conn, merchant, [row["id"] for row in fresh], words, by.actor.id, by.actor.name, now)
            order_changing.record(conn, merchant, [{
                "id": new_id(), "order_id": row["order_id"], "what": "urge_answered", "actor_kind": by.actor.party.value, "actor_id": by.actor.id, "actor_name": by.actor.name,
                "before": {"words": row["words"]}, "after": {"words": words},
            } for row in fresh], now)
        for row in fresh:
            put_on_record(conn, by, now, "order_urge_answered", ("order", row["order_id"]), after={"number": row["number"], "words": words}, merchant_id=merchant)
    return [_answered(i, held.get(i), words) for i in asked]


def _answered(id: str, row: store.Row | None, words: str) -> Worked:
    if row is None:
        return Worked("", "", Refusal("urge_unknown"))
    if row["answered_at"] is None:
        return Worked(row["order_id"], row["number"], changed=True)
    same = row["answer"] == words
    return Worked(row["order_id"], row["number"], None if same else Refusal("urge_answered", {"name": row["answered_name"]}))

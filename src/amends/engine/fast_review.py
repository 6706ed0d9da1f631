"""Fast review decides (SO-31): service orders that were opened while their merchant took part pass review at once when every condition of their own pack holds.

Passing is not paying (SO-29): the one command it gives is `approve_return`. It also keeps who takes part.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.fast_review import Seen, leaves_at, member, told
from amends.core.refusal import Refusal
from amends.core.verbs.review import ApproveReturn
from amends.engine.acting import Act, Asked, Considered
from amends.engine.audit import By, record
from amends.engine.deadlines import calendar_from, pack_of
from amends.store import automation, fast_review, merchants
from amends.store.connect import Pool, scope
from amends.store.fast_review import Opened

ACTOR_ID = "0fa57000-5e1f-7000-8000-000000000031"
"""The system as fast review: the same on every case, so that the history and the API can tell it apart."""
PASSES = frozenset({"return", "exchange", "repair"})
"""What approving a return passes; goods that never came are sent, which is for people (SO-8)."""


def decide(asked: Asked, cases: list[Considered]) -> dict[str, Act]:
    """The cases that pass, by id. One read for all of them, none for a merchant that never took part; whoever has an open alert is not asked about (SA-5)."""
    ids = [case.case_id for case in cases if case.kind == "service_order" and case.state == "reviewing"]
    if not ids or not asked.seen.settings.get("fast_review"):
        return {}
    rows = fast_review.opened_by_members(asked.conn, asked.merchant, ids)
    actor = Actor(Party.SYSTEM, ACTOR_ID, "极速审核", asked.merchant, frozenset({"service_order.approve_return"}))
    return {row.id: Act(ApproveReturn(), actor, why) for row in rows if (why := _passes(row)) is not None}


def _passes(row: Opened) -> dict[str, Any] | None:
    """Why it passes (SO-25): the rule of the case's own pack and what it was held against; None when a condition does not hold.

    What the buyer has changed since counts as it is now; another reason than the one that was judged within its window is for people.
    """
    pack = pack_of(f"{row.pack}@{row.pack_version}")
    leaf = pack.leaves.get((row.type, row.reason))
    if pack.fast_review is None or leaf is None or row.type not in PASSES:
        return None
    facts = told(pack.fast_review, Seen(row.paid, row.pieces, leaf[0].no_reason, row.allowed and row.reason == row.kept.get("reason"), row.alert))
    return None if facts["failed"] else {"by": "fast_review", "pack": row.pack, "version": pack.version, "source": facts.pop("source"), "facts": facts}


def standing(settings: dict[str, Any], pack_ref: str, now: datetime) -> dict[str, Any]:
    """What the settings page shows: `rule` of the merchant's pack (None: not offered), whether it takes part, since when, and when leaving takes effect."""
    kept = settings.get("fast_review_time") or {}
    since, until = (datetime.fromisoformat(kept[name]) if kept.get(name) else None for name in ("from", "until"))
    pack = pack_of(pack_ref)
    rule = pack.fast_review
    on = rule is not None and member(settings, now)
    leaving = leaves_at(rule, now, calendar_from(settings)) if rule is not None else None
    return {"rule": rule, "on": on, "since": since if on else None, "until": until if on else None, "would_leave": leaving, "source": pack.sources[rule.source] if rule else None}


def join(pool: Pool, by: By, now: datetime) -> Refusal | None:
    """Take part from now on: cases opened from now are passed at once or reviewed in the shorter time. Joining again before leaving takes effect stays."""
    return _change(pool, by, now, joining=True)


def leave(pool: Pool, by: By, now: datetime) -> Refusal | None:
    """Stop taking part when the pack says so; cases opened until then keep the shorter time."""
    return _change(pool, by, now, joining=False)


def _change(pool: Pool, by: By, now: datetime, *, joining: bool) -> Refusal | None:
    if refusal := by.lacks("manage_settings"):
        return refusal
    if by.merchant_id is None:
        return Refusal("merchant_unknown", {"name": by.actor.name})
    with scope(pool, by.scope) as conn:
        row = merchants.one(conn, by.merchant_id, lock=True)
        if row is None:
            return Refusal("merchant_unknown", {"name": by.merchant_id})
        found = standing(row["settings"], row["pack_ref"], now)
        if refusal := _wrong(found, joining):
            return refusal
        time = {"from": (found["since"] or now).isoformat()}
        if not joining:
            time["until"] = found["would_leave"].isoformat()
        before = row["settings"].get("fast_review_time")
        merchants.change(conn, by.merchant_id, row | {"settings": row["settings"] | {"fast_review": True, "fast_review_time": time}})
        automation.refresh(conn, by.merchant_id)
        record(conn, by, now, f"fast_review_{'joined' if joining else 'left'}", ("merchant", by.merchant_id), before=before, after=time)
    return None


def _wrong(found: dict[str, Any], joining: bool) -> Refusal | None:
    if found["rule"] is None:
        return Refusal("fast_review_not_offered")
    if joining:
        return Refusal("fast_review_joined") if found["on"] and found["until"] is None else None
    return None if found["on"] and found["until"] is None else Refusal("fast_review_not_joined")

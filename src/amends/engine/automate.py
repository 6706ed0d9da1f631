"""What decides by itself (SA-4, SO-31): cases that entered a node are looked at in batches; the deciders are asked in order and the first act is given on the one road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from amends.core.strategy import node_of
from amends.engine import fast_review, pack_acts, strategy_decider
from amends.engine.acting import Act, Asked, Considered, give
from amends.store import considering
from amends.store.connect import Pool, scope
from amends.store.considering import Waiting
from amends.store.strategies import merchant_seen

Decider: TypeAlias = Callable[[Asked, list[Considered]], dict[str, Act]]
"""Asked about the cases that nobody has decided yet; answers acts by case id. It reads what it needs for all of them at once, and holds nothing."""

DECIDERS: tuple[Decider, ...] = (fast_review.decide, pack_acts.decide, strategy_decider.decide)
"""In the order they are asked: what a pack rules comes before what a merchant made."""


@dataclass(slots=True)
class Outcome:
    """What became of a batch: how many were looked at, acted upon, and must be looked at again because they moved meanwhile."""

    looked_at: int = 0
    acted: int = 0
    again: int = 0


def consider(pool: Pool, merchant: str, rows: list[Waiting], now: datetime) -> Outcome:
    """Look at cases that wait to be considered and act where a decider says so; each (case, version, node) is acted upon at most once, however often this is called.

    Cases with an open alert (SA-5), that somebody has claimed, or that have left their node are only ticked off: what changes that leaves a new row.
    """
    seen = [row.seen for row in rows if row.seen is not None]
    if unseen := [row.case_id for row in rows if not row.looked]:
        with scope(pool, UUID(merchant), named=True) as conn:
            seen += considering.see(conn, merchant, unseen)
    cases = [
        Considered(case, kind, node, state, version) for case, kind, state, version, alert, assignee in seen
        if not alert and assignee is None and (node := node_of(kind, state))
    ]
    acts = _decided(pool, merchant, cases, now) if cases else {}
    versions = {row.case_id: row.version for row in rows} | {case: version for case, _, _, version, _, _ in seen}
    if not acts:
        with scope(pool, UUID(merchant), named=True, flushed=False) as conn:
            considering.done(conn, merchant, considering.looked_at(versions.items()))
        return Outcome(len(rows))
    given = give(pool, merchant, [(case, acts[case.case_id]) for case in cases if case.case_id in acts], now, versions)
    if given.again:
        with scope(pool, UUID(merchant), named=True) as conn:
            considering.look_again(conn, merchant, sorted(given.again), now)
    return Outcome(len(rows), given.acted, len(given.again))


def _decided(pool: Pool, merchant: str, cases: list[Considered], now: datetime) -> dict[str, Act]:
    acts: dict[str, Act] = {}
    with scope(pool, UUID(merchant), named=True) as conn:
        asked = Asked(conn, merchant, merchant_seen(conn, merchant), now)
        for decider in DECIDERS:
            if left := [case for case in cases if case.case_id not in acts]:
                acts.update(decider(asked, left))
    return acts


def work(pool: Pool, merchant: str, now: datetime, most: int = 500) -> int:
    """One batch of what waits for this merchant: leased, considered, ticked off. A batch that fails is tried case by case, so that only what is bad is put off."""
    rows = considering.lease(pool, merchant, now, most)
    if not rows:
        return 0
    try:
        consider(pool, merchant, rows, now)
    except Exception as error:
        if len(rows) == 1:
            considering.failed(pool, merchant, rows[0], now, f"{type(error).__name__}: {error}")
            return 1
        for row in rows:
            try:
                consider(pool, merchant, [row], now)
            except Exception as one:
                considering.failed(pool, merchant, row, now, f"{type(one).__name__}: {one}")
    return len(rows)


__all__ = ["DECIDERS", "Act", "Asked", "Considered", "Decider", "Outcome", "consider", "work"]

"""Orders taken in under an id: the same id answers what it answered first, and nothing is compared again (SO-23, OR-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from amends.core.refusal import Refusal
from amends.engine.orders import TakenIn, take_in
from amends.store import answers
from amends.store.connect import Pool


def take_in_once(pool: Pool, merchant_id: str, command_id: str, records: Sequence[Mapping[str, Any]], now: datetime) -> tuple[list[TakenIn], bool]:
    """Every record's answer in the order given, and whether it is an earlier answer."""
    before = answers.recall(pool, merchant_id, command_id)
    if before is not None:
        return [TakenIn(s, i, n, [Refusal(code, facts, field) for code, facts, field in refusals]) for s, i, n, refusals in before], True
    taken = take_in(pool, merchant_id, records, now)
    said = [[t.status, t.id, t.number, [[r.code, msgspec.to_builtins(dict(r.facts)), r.field] for r in t.refusals]] for t in taken]
    answers.keep(pool, merchant_id, command_id, said, now)
    return taken, False

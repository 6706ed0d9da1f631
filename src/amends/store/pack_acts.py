"""Service orders in review as the pack's own automatic acts look at them, read for a batch at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from amends.store.alike import array


@dataclass(slots=True)
class InReview:
    """One service order in review: what was asked for, and what the buyer was told when asking (`facts`)."""

    id: str
    version: int
    type: str
    reason: str
    facts: dict[str, Any]


def in_review(conn: psycopg.Connection, merchant: str, ids: list[str]) -> list[InReview]:
    """Those of these cases that are service orders in review, with the facts that rules of a pack look at."""
    rows = conn.execute(
        "select id::text, version, type, reason, jsonb_build_object('pack', facts -> 'pack', 'pack_version', facts -> 'pack_version', 'verdict', facts -> 'verdict', 'return_way', facts -> 'return_way')"
        " from cases where merchant_id = %s and id = any(%s::uuid[]) and kind = 'service_order' and state = 'reviewing'", (UUID(merchant), array(ids)),
    ).fetchall()
    return [InReview(*row) for row in rows]

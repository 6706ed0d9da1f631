"""Runs of reconciliation and what they found (MO-5): written here; pages read them in store/screens/reconciliation.py."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.queries import sql

NOBODY = "00000000-0000-0000-0000-000000000000"
"""The merchant of zeros: accounts in a provider's statement that no merchant here has. Only the platform sees them."""


@dataclass(slots=True)
class Difference:
    """What does not agree. `mark` is the same whenever the same is found; `ours` and `theirs` say what each side holds."""

    id: str
    mark: str
    kind: str
    about: str
    subject_id: str | None = None
    case_id: str | None = None
    order_id: str | None = None
    key: str = ""
    reference: str = ""
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One comparison: from `from_at` up to, not including, `to_at`. `state`: asked, done, failed."""

    id: str
    provider: str
    from_at: datetime
    to_at: datetime
    state: str


def note(conn: psycopg.Connection, merchant: str, provider: str, found: list[Difference], now: datetime, run: str | None = None) -> int:
    """Keep differences, each once, and tell the merchant's people of new ones on their cases; answers how many of them are new."""
    if not found:
        return 0
    rows = msgspec.json.encode([asdict(d) for d in found]).decode()
    row = conn.execute(sql("note_differences"), {"merchant": UUID(merchant), "provider": provider, "run": run, "now": now, "rows": rows}).fetchone()
    return int(row[0]) if row else 0


def close(conn: psycopg.Connection, merchant: str, difference_id: str, person_id: str, name: str, words: str, now: datetime) -> bool:
    """Finance has looked into it; false if there is no such open difference."""
    return conn.execute(
        "update reconciliation_differences set closed_at = %s, closed_by = %s, closed_name = %s, note = %s where merchant_id = %s and id = %s and closed_at is null",
        (now, person_id, name, words, UUID(merchant), difference_id),
    ).rowcount == 1


def ask(conn: psycopg.Connection, merchant: str, run: Run, asked_by: str, now: datetime) -> None:
    """A run that is to be made."""
    conn.execute(
        "insert into reconciliations (merchant_id, id, provider, from_at, to_at, state, asked_by, asked_at) values (%s, %s, %s, %s, %s, 'asked', %s, %s)",
        (UUID(merchant), run.id, run.provider, run.from_at, run.to_at, asked_by, now),
    )


def find(conn: psycopg.Connection, merchant: str, run_id: str) -> Run | None:
    """A run by its id."""
    row = conn.execute("select id::text, provider, from_at, to_at, state from reconciliations where merchant_id = %s and id = %s", (UUID(merchant), run_id)).fetchone()
    return None if row is None else Run(*row)


def finish(conn: psycopg.Connection, merchant: str, run_id: str, figures: dict[str, Any], now: datetime, error: str = "") -> None:
    """A run is over. Figures: lines, matched, differences, sums (per currency: theirs and ours, minor units)."""
    conn.execute(
        "update reconciliations set state = %(state)s, done_at = %(now)s, lines = %(lines)s, matched = %(matched)s, differences = %(differences)s, sums = %(sums)s, error = %(error)s"
        " where merchant_id = %(m)s and id = %(id)s",
        {"m": UUID(merchant), "id": run_id, "state": "failed" if error else "done", "now": now, "error": error[:300], "lines": figures.get("lines", 0),
         "matched": figures.get("matched", 0), "differences": figures.get("differences", 0), "sums": msgspec.json.encode(figures.get("sums", [])).decode()},
    )


def held(conn: psycopg.Connection, merchant: str, provider: str, ids: list[str]) -> list[Any]:
    """Refund requests and charges of these ids: key, about, id, case, order, state, attempt, amount, currency, reference, booked, provider."""
    return conn.execute(sql("reconcile_transfers"), {"m": UUID(merchant), "provider": provider, "ids": ids, "since": None, "until": None}).fetchall()


def moved_between(conn: psycopg.Connection, merchant: str, provider: str, since: datetime, until: datetime) -> list[Any]:
    """The same of those that moved with us in a range, through this provider."""
    return conn.execute(sql("reconcile_transfers"), {"m": UUID(merchant), "provider": provider, "ids": None, "since": since, "until": until}).fetchall()


def payments(conn: psycopg.Connection, merchant: str, provider: str, references: list[str]) -> list[Any]:
    """Payments of a provider by its references: reference, id, order, amount, currency."""
    return conn.execute(
        "select provider_ref, id::text, order_id::text, amount_minor, currency from payments where merchant_id = %s and provider = %s and provider_ref = any(%s)",
        (UUID(merchant), provider, references),
    ).fetchall()


def merchants_with(conn: psycopg.Connection, provider: str, since: datetime, until: datetime) -> list[str]:
    """Merchants for whom something moved through a provider in a range; read in the platform's scope."""
    rows = conn.execute(
        "select distinct merchant_id::text from (select merchant_id from refund_requests where provider = %(p)s and state = 'moved' and moved_at >= %(s)s and moved_at < %(u)s"
        " union all select merchant_id from charges where provider = %(p)s and state = 'paid' and paid_at >= %(s)s and paid_at < %(u)s) x order by 1",
        {"p": provider, "s": since, "u": until},
    ).fetchall()
    return [row[0] for row in rows]

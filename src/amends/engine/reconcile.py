"""对账: a provider's statement compared with our requests, charges and ledger; what does not agree is kept for finance (MO-5).

What the statement says of something we still wait for is heard first, like any other telling. Everything else is only compared: nothing moves here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from amends.core.refusal import Refusal
from amends.core.statement import Compared, Found, Held, answer, compare
from amends.core.told import Told, read_key
from amends.engine.answers import hear
from amends.engine.audit import By, record
from amends.engine.differences import PERMISSION, difference, note
from amends.engine.ids import new_id
from amends.store import connections, outbox, reconciliations
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.merchants import one
from amends.store.reconciliations import NOBODY, Run

MOST_DAYS = 31
Ask = Callable[[str], Told | None]
"""Asks the provider about one key."""


def ask(pool: Pool, by: By, provider: str, first: date | None, last: date | None, now: datetime) -> Run | Refusal:
    """A merchant's finance asks for a run over whole days of its own time zone; the worker makes it (effect `reconcile`)."""
    if refusal := by.lacks(PERMISSION):
        return refusal
    if by.merchant_id is None:
        return Refusal("provider_unknown", {"name": provider}, "provider")
    with scope(pool, by.scope) as conn:
        row = one(conn, by.merchant_id)
        zone = ZoneInfo(row["tz"] if row else "Asia/Shanghai")
        if provider not in connections.names(conn, "payment"):
            return Refusal("provider_unknown", {"name": provider}, "provider")
        if first is None or last is None or not first <= last <= now.astimezone(zone).date() or (last - first).days >= MOST_DAYS:
            return Refusal("reconcile_range_wrong", field="first")
        since, until = days(first, last, zone)
        run = Run(new_id(), provider, since, until, "asked")
        reconciliations.ask(conn, by.merchant_id, run, by.actor.name, now)
        outbox.put(conn, by.merchant_id, [{"id": new_id(), "case_id": None, "effect": "reconcile", "body": {"run": run.id}}], now)
        record(conn, by, now, "reconcile_asked", ("reconciliation", run.id), after={"provider": provider, "from": since.isoformat(), "to": until.isoformat()})
    return run


def days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first instant of a day up to, not including, the first of the day after the last."""
    return datetime(first.year, first.month, first.day, tzinfo=zone), datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)


def begin(pool: Pool, merchant: str, provider: str, since: datetime, until: datetime, by: str, now: datetime) -> Run:
    """A run that is made at once, as the command line and the night do."""
    run = Run(new_id(), provider, since, until, "asked")
    with scope(pool, PLATFORM) as conn:
        reconciliations.ask(conn, merchant, run, by, now)
    return run


def make(pool: Pool, merchant: str, run: Run, lines: Sequence[Told], look: Ask, now: datetime) -> dict[str, Any]:
    """Compare and keep what was found; answers the figures of the run (lines, matched, differences, sums). `lines`: the merchant's, or with NOBODY those of no merchant."""
    if merchant == NOBODY:
        found = [Found("missing_here", line, None) for line in lines]
        return _finish(pool, merchant, run, lines, Compared(0, found), [], now)
    transfers, payments, moved = _ours(pool, merchant, run, lines)
    if waiting := [line for line in lines if _waits(line, transfers)]:
        for line in waiting:
            hear(pool, run.provider, line, now)
        transfers, payments, moved = _ours(pool, merchant, run, lines)
    compared = compare(lines, transfers, payments, moved)
    for key in compared.silent:
        if found_there := answer(look(key), moved[key]):
            compared.found.append(found_there)
    return _finish(pool, merchant, run, lines, compared, list(moved.values()), now)


def fail(pool: Pool, merchant: str, run: Run, error: str, now: datetime) -> None:
    """The statement could not be had."""
    with scope(pool, PLATFORM) as conn:
        reconciliations.finish(conn, merchant, run.id, {}, now, error)


def _waits(line: Told, transfers: dict[str, Held]) -> bool:
    key = read_key(line.key)
    held = transfers.get(str(key.subject)) if key else None
    return held is not None and held.state == "requested"


def _ours(pool: Pool, merchant: str, run: Run, lines: Sequence[Told]) -> tuple[dict[str, Held], dict[str, Held], dict[str, Held]]:
    keys = [key for line in lines if (key := read_key(line.key)) is not None]
    with scope(pool, UUID(merchant)) as conn:
        by_id = reconciliations.held(conn, merchant, run.provider, sorted({str(k.subject) for k in keys if str(k.merchant) == merchant}))
        paid = reconciliations.payments(conn, merchant, run.provider, sorted({line.payment for line in lines if line.kind == "payment"}))
        moved = reconciliations.moved_between(conn, merchant, run.provider, run.from_at, run.to_at)
    return (
        {row[2]: _held(row, run.provider) for row in by_id}, {ref: Held("payment", i, None, order, "moved", 1, amount, currency) for ref, i, order, amount, currency in paid},
        {row[0]: _held(row, run.provider) for row in moved},
    )


def _held(row: Any, provider: str) -> Held:
    """A row of `reconcile_transfers.sql`. What finance moved by hand, or another provider did, did not move here."""
    return Held(row[1], row[2], row[3], row[4], row[5] if row[11] == provider else "by hand", row[6], row[7], row[8], row[9], row[10])


def _finish(pool: Pool, merchant: str, run: Run, lines: Sequence[Told], compared: Compared, moved: list[Held], now: datetime) -> dict[str, Any]:
    rows = [_row(found) for found in compared.found]
    note(pool, merchant if merchant != NOBODY else None, run.provider, rows, now, run.id)
    figures = {"lines": len(lines), "matched": compared.matched, "differences": len(rows), "sums": _sums(lines, moved)}
    with scope(pool, PLATFORM) as conn:
        reconciliations.finish(conn, merchant, run.id, figures, now)
    return figures


def _row(found: Found) -> reconciliations.Difference:
    held = found.held
    known = {"subject_id": held.subject_id, "case_id": held.case_id, "order_id": held.order_id} if held else {}
    told = found.told or (Told(held.about, "", "", held.amount, held.currency, "", held.reference) if held else Told("", "", "", 0, "", ""))
    row = difference(found.kind, told, held.about if held else None, held.as_dict() if held else {}, **known)
    if found.told is None and held is not None:
        row.theirs, row.mark = {}, f"{found.kind}:{held.subject_id}:{held.attempt}:{held.booked}"
    return row


def _sums(lines: Iterable[Told], moved: Iterable[Held]) -> list[dict[str, Any]]:
    """For each currency what went out and came in, as the statement has it and as we have it, in minor units."""
    sums: dict[str, dict[str, Any]] = {}
    for side, things in (("theirs", [(line.kind, line.currency, line.amount) for line in lines]), ("ours", [(h.about, h.currency, h.amount) for h in moved])):
        for about, currency, amount in things:
            if about != "payment":
                row = sums.setdefault(currency, {"currency": currency, "theirs_out": 0, "theirs_in": 0, "ours_out": 0, "ours_in": 0})
                row[f"{side}_{'in' if about == 'charge' else 'out'}"] += amount
    return [sums[currency] for currency in sorted(sums)]

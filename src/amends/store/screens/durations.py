"""How long a merchant's service orders took that had their first result in the last 30 days, with the cases behind it (PO-15, facts/rules.md 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from amends.core.measures_time import STAGES, Moment, Taken, middle, taken
from amends.store.suspensions import every

RESULT_WITHIN, APPLIED_WITHIN = timedelta(days=30), timedelta(days=180)
AT_MOST, SHOWN = 3000, 100
"""The latest so many cases are looked at; a page shows so many of the longest."""


@dataclass(slots=True)
class One:
    """One service order and how long it took."""

    id: str
    number: str
    title: str
    opened_at: datetime
    taken: Taken


@dataclass(slots=True)
class Figure:
    """Median of what counts, and of all of it, with nothing left out."""

    counted: timedelta
    whole: timedelta


@dataclass(slots=True)
class Summary:
    """The cases of the last 30 days: how many, medians of what counts by stage, of the whole with and without what is left out, and how much that was in all."""

    n: int
    stages: dict[str, timedelta]
    time: Figure
    suspended: timedelta
    buyer: timedelta
    touched: int
    more: bool


def read(conn: psycopg.Connection, merchant: str, now: datetime) -> list[One]:
    """Service orders applied for in the last 180 days whose first result came in the last 30, the latest applied first."""
    suspensions = every(conn)
    rows = conn.execute(_CASES, {"m": UUID(merchant), "since": now - APPLIED_WITHIN, "lately": now - RESULT_WITHIN, "most": AT_MOST}).fetchall()
    out = []
    for id_, number, title, opened_at, region, events in rows:
        moments = [Moment(datetime.fromisoformat(at), name, before, after) for at, name, before, after in events]
        took = taken(opened_at, moments, suspensions, region)
        if took.result_at is not None and now - RESULT_WITHIN < took.result_at <= now:
            out.append(One(id_, number, title, opened_at, took))
    return out


_CASES = """
select c.id::text, c.number, coalesce(c.facts ->> 'title', c.sku, ''), c.opened_at, coalesce(c.facts ->> 'region', ''), e.moments
from (select * from cases where merchant_id = %(m)s and kind = 'service_order' and opened_at > %(since)s and updated_at > %(lately)s order by opened_at desc, id desc limit %(most)s) c
cross join lateral (select json_agg(json_build_array(e.at, e.name, e.body ->> 'from', e.body ->> 'to') order by e.version) as moments from events e
  where e.merchant_id = c.merchant_id and e.case_id = c.id and e.body ? 'from' and (e.name = 'parcel_signed' or e.body ->> 'from' is distinct from e.body ->> 'to')) e
where e.moments is not null order by c.opened_at desc, c.id desc"""


def summary(found: Sequence[One]) -> Summary:
    """The figures of these cases."""
    took = [one.taken for one in found]
    return Summary(
        len(took), {stage: middle(t.stages[stage] for t in took if t.stages[stage]) for stage in STAGES}, Figure(middle(t.counted for t in took), middle(t.whole for t in took)),
        sum((t.suspended for t in took), timedelta(0)), sum((t.buyer for t in took), timedelta(0)), sum(1 for t in took if t.suspended), len(found) >= AT_MOST,
    )


def sorting(one: One, by: str) -> timedelta:
    """What a list of cases is sorted by: a stage, `counted`, or `left_out`."""
    took = one.taken
    return took.counted if by == "counted" else took.suspended + took.buyer if by == "left_out" else took.stages[by]

"""The facts of many cases in one statement, as they are or as they were at an instant; only what is asked for is read (SA-2, SA-7).

Every expression sees `c` (the case), `o` (its order), `l` (its line) and `k` (id, version, at: which case, as of when), and never looks at what came after `k.at`.
What the case itself says is read as it stands; `engine.strategy_facts` puts it back to what it was from the events.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from amends.store.packed import ids

BASE = ("_id", "_version", "_state", "_kind", "_assignee", "_alert", "_buyer", "_number", "_at", "_currency", "_quantity")
_BASE = "c.id::text, c.version, c.state, c.kind, c.assignee::text, coalesce((c.facts ->> 'alert_open')::boolean, false), coalesce(c.buyer_id, ''), c.number, k.at, coalesce(c.currency, 'CNY'), coalesce(c.quantity, 1)"

_DAYS = "floor(extract(epoch from k.at - {0}) / 86400)::int"
_LAST = """coalesce((select max(e.at) from parcel_events e where e.merchant_id = c.merchant_id and e.parcel_id = p{0}.id and e.heard_at <= k.at), p{0}.sent_at)"""
_LOST = "(select 1 from parcel_events e where e.merchant_id = c.merchant_id and e.parcel_id = p{0}.id and e.code = 'lost' and e.heard_at <= k.at)"
_FREE = """coalesce((select sum(m.on_hand_after - m.held_after)::int from (select distinct on (m.warehouse) m.on_hand_after, m.held_after from stock_moves m
  where m.merchant_id = c.merchant_id and m.sku = c.sku and m.at <= k.at order by m.warehouse, m.seq desc) m), 0)"""

JOINS: dict[str, str] = {
    "line": "left join lateral (select * from order_lines y where y.merchant_id = c.merchant_id and y.order_id = c.order_id and y.id = c.line_id offset 0) l on true",
    "order": "left join lateral (select * from orders y where y.merchant_id = c.merchant_id and y.id = c.order_id offset 0) o on true",
    "back": """left join lateral (select p.id, p.state, p.sent_at, p.signed_at from parcels p where p.merchant_id = c.merchant_id and p.case_id = c.id and p.direction = 'back'
      and (p.sent_at is null or p.sent_at <= k.at) order by p.sent_at desc nulls last, p.id limit 1) pb on true""",
    "out": """left join lateral (select p.id, p.state, p.sent_at, p.signed_at, p.returned_at from parcels p where p.merchant_id = c.merchant_id and p.order_id = c.order_id and p.direction = 'out'
      and (p.sent_at is null or p.sent_at <= k.at) order by p.signed_at is not null, p.sent_at desc nulls last, p.id limit 1) po on true""",
    "bought": """left join lateral (select count(*) filter (where q.placed_at > k.at - interval '30 days')::int as o30, count(*)::int as o90
      from orders q where q.merchant_id = c.merchant_id and q.buyer_id = c.buyer_id and q.placed_at > k.at - interval '90 days' and q.placed_at <= k.at) q on true""",
}


_EARLIER = {
    "a": "count(*) filter (where b.kind <> 'dispute' and {0})::int", "d": "count(*) filter (where b.kind = 'dispute' and {0})::int",
    "r": "count(distinct b.order_id) filter (where b.granted_at <= k.at and {0})::int",
}
"""What is counted of a buyer's other cases: applications, disputes, orders with money back."""


def _buyer(columns: list[str]) -> str:
    """The join that counts just these (`a30`, `r90` …); no further back than asked."""
    days = max(int(column[1:]) for column in columns)
    counted = [f"{_EARLIER[c[0]].format('true' if int(c[1:]) == days else f'b.opened_at > k.at - interval {chr(39)}{c[1:]} days{chr(39)}')} as {c}" for c in columns]
    return (
        f"left join lateral (select {', '.join(counted)} from cases b where b.merchant_id = c.merchant_id and b.buyer_id = c.buyer_id"
        f" and b.opened_at > k.at - interval '{days} days' and b.opened_at <= k.at and b.id <> c.id) b on true"
    )


def _rate(days: int) -> str:
    """Orders of the buyer with money back among those placed; nothing bought in the time: 0 without refunds, 100 with."""
    return f"case when q.o{days} > 0 then least(100, round(100.0 * b.r{days} / q.o{days}, 2))::float8 when b.r{days} > 0 then 100::float8 else 0::float8 end"


OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "case_type": ("c.type", ()), "reason": ("c.reason", ()), "responsibility": ("c.fault", ()),
    "description": ("coalesce(c.facts ->> 'description', '')", ()), "keywords": ("coalesce(c.facts -> 'keywords', '[]'::jsonb)", ()),
    "alerts": ("coalesce(c.facts -> 'alert' -> 'sets', '[]'::jsonb)", ()),
    "photos": ("case when jsonb_typeof(c.facts -> 'photos') = 'array' then jsonb_array_length(c.facts -> 'photos') else 0 end", ()),
    "amount": ("coalesce(c.amount_minor, 0)", ()), "quantity": ("coalesce(c.quantity, 1)", ()), "by_staff": ("coalesce(c.facts ->> 'by_staff', '') <> ''", ()), "source": ("c.source", ()),
    "policy_verdict": ("""case when coalesce(c.facts ->> 'override_reason', '') <> '' then 'overridden' when c.facts -> 'verdict' ->> 'allowed' = 'true' then 'allowed'
      when c.facts -> 'verdict' ->> 'allowed' = 'false' then 'not_allowed' end""", ()),
    "policy_code": ("c.facts -> 'verdict' ->> 'code'", ()), "minutes_open": ("floor(extract(epoch from k.at - c.opened_at) / 60)::int", ()),
    "sku": ("c.sku", ()), "category": ("coalesce(nullif(c.category, ''), '*')", ()),
    "goods_state": ("""coalesce(nullif(c.facts ->> 'goods_state', ''), case when jsonb_array_length(case when jsonb_typeof(l.facts -> 'fitness') = 'array' then l.facts -> 'fitness' else '[]' end) > 0
      then 'opened' end)""", ("line",)),
    "stock_free": (_FREE, ()),
    "order_amount": ("o.paid_minor", ("order",)),
    "payment": ("(select coalesce(nullif(y.method, ''), y.provider) from payments y where y.merchant_id = c.merchant_id and y.order_id = c.order_id order by y.paid_at, y.id limit 1)", ()),
    "fulfilment_mode": ("o.fulfilment_mode", ("order",)), "platform_delivery": ("o.platform_delivery", ("order",)), "province": ("o.province", ("order",)),
    "days_since_receipt": (_DAYS.format("coalesce(o.receipt_confirmed_at, o.delivered_at)"), ("order",)),
    "shipped": ("coalesce(o.shipped_at <= k.at, false)", ("order",)), "delivered": ("coalesce(o.delivered_at <= k.at, false)", ("order",)),
    **{f"buyer_applications_{d}": (f"b.a{d}", (f"a{d}",)) for d in (30, 90)}, **{f"buyer_disputes_{d}": (f"b.d{d}", (f"d{d}",)) for d in (30, 90)},
    **{f"buyer_refund_rate_{d}": (_rate(d), (f"r{d}", "bought")) for d in (30, 90)}, "buyer_level": ("o.buyer_level", ("order",)),
    "waybill_state": (f"case when pb.id is null then 'none' when pb.signed_at <= k.at then 'signed' when exists {_LOST.format('b')} then 'lost' else 'in_transit' end", ("back",)),
    "parcel_state": (f"""case when po.id is null then 'none' when po.returned_at <= k.at then 'returned' when po.signed_at <= k.at then 'signed' when exists {_LOST.format('o')} then 'lost'
      else 'in_transit' end""", ("out",)),
    "days_without_tracking": (f"""case when pb.id is null then case when po.id is null or po.signed_at <= k.at then null else {_DAYS.format('(' + _LAST.format('o') + ')')} end
      else case when pb.signed_at <= k.at then null else {_DAYS.format('(' + _LAST.format('b') + ')')} end end""", ("back", "out")),
    "received_quantity": ("(c.facts ->> 'received')::int", ()), "received_all": ("(c.facts ->> 'received')::int >= c.quantity", ()),
    **{name: (f"nullif(c.facts ->> '{name}', '')", ()) for name in ("condition", "packaging", "appearance", "function", "accessories")},
    "counted_as_received": ("coalesce((c.facts ->> 'counted_as_received')::boolean, false)", ()),
}
"""By fact: the expression and the joins it needs. What is not here belongs to the batch (time of day, service hours, load)."""

# What the free stock is now stands in two columns; the moves are asked only for the past.
NOW = {"stock_free": "coalesce((select sum(s.on_hand - s.held)::int from stock s where s.merchant_id = c.merchant_id and s.sku = c.sku), 0)"}


def read(conn: psycopg.Connection, merchant: str, cases: list[tuple[str, datetime]], needs: Iterable[str], *, past: bool) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """(names, rows) of these cases as of their instants; cases that are not there are left out.

    `past`: each case as of its own instant, and stock from its moves; otherwise all as of the first one's instant, and stock as it is counted.
    """
    codes = tuple(sorted(code for code in needs if code in OF))
    expressions = [OF[code][0] if past or code not in NOW else NOW[code] for code in codes]
    wanted = {name for code in codes for name in OF[code][1]}
    joins = [JOINS[name] for name in JOINS if name in wanted]
    if counted := sorted(name for name in wanted if name not in JOINS):
        joins.append(_buyer(counted))
    # Each case by its primary key, whatever the statistics say: a plan over the merchant's other indexes reads all its cases.
    given: dict[str, Any] = {"m": UUID(merchant), "ids": ids([i for i, _ in cases])}
    if past:
        which, given["ats"] = "unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) as k (id, at)", [at for _, at in cases]
    else:
        which, given["at"] = "(select i as id, %(at)s::timestamptz as at from unnest(%(ids)s::uuid[]) i) k", cases[0][1] if cases else None
    rows = conn.execute(
        f"select {', '.join([_BASE, *expressions])} from {which} join lateral (select * from cases x where x.merchant_id = %(m)s and x.id = k.id offset 0) c on true {' '.join(joins)}", given,
    ).fetchall()
    return (*BASE, *codes), rows


def changes(conn: psycopg.Connection, merchant: str, cases: list[str], names: list[str]) -> list[tuple[str, int, dict[str, Any], dict[str, Any]]]:
    """What events changed of these facts, in order, and the first event of each case: (case, version, changed, typed in)."""
    return conn.execute(
        "select case_id::text, version, coalesce(body -> 'changes', '{}'), coalesce(body -> 'input', '{}') from events where merchant_id = %s and case_id = any(%s::uuid[])"
        " and (version = 1 or body -> 'changes' ?| %s) order by case_id, version", (UUID(merchant), ids(cases), names),
    ).fetchall()


def agent_load(conn: psycopg.Connection, merchant: str) -> int:
    """Open cases that wait for the merchant, for each person on duty (at least one)."""
    row = conn.execute(
        "select (select count(*) from cases where merchant_id = %(m)s and closed_at is null and waits_on = 'merchant')"
        " / greatest(1, (select count(*) from people where merchant_id = %(m)s and active and on_duty))", {"m": UUID(merchant)},
    ).fetchone()
    return int(row[0]) if row else 0

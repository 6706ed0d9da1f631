"""What guards look at, as it was when past cases were at a node: set-based, in the caller's transaction, nothing locked (SA-7).

Who was on the staff, addresses, settings and prices of that time: `store.was_then`; today's prices stand in for what no order tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from amends.store.batch import Needs, Row
from amends.store.queries import sql

_EVENTS = """select case_id::text, version, body ->> 'to', coalesce(body -> 'changes', '{}'::jsonb), case when version = 1 then body -> 'input' end
  from events where merchant_id = %(m)s and case_id = any(%(ids)s::uuid[]) order by case_id, version"""
_KEYS = "unnest(%(ids)s::uuid[], %(ats)s::timestamptz[]) k(id, at) join cases c on c.merchant_id = %(m)s and c.id = k.id"
_OF_CASES = "(select c.order_id from cases c where c.merchant_id = %(m)s and c.id = any(%(ids)s::uuid[]))"
# What an order had become: whatever came later is put back to before it.
_ORDERS = f"""select c.id::text, o.id::text, o.currency, o.freight_minor, o.paid_minor,
    case when o.receipt_confirmed_at <= k.at then 'received' when o.delivered_at <= k.at then 'delivered' when o.shipped_at <= k.at then 'shipped'
      when o.state in ('shipped', 'delivered', 'received', 'completed', 'cancelled') then 'preparing' else o.state end,
    coalesce(o.shipped_at <= k.at, false), coalesce(o.delivered_at <= k.at, false), coalesce(o.receipt_confirmed_at <= k.at, false), o.platform_delivery,
    (select json_object_agg(p.waybill, p.carrier) from parcels p where p.merchant_id = o.merchant_id and p.order_id = o.id and p.direction = 'out' and p.sent_at <= k.at
      and (p.signed_at is null or p.signed_at > k.at)), o.buyer_level
  from {_KEYS} join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id"""
_LINES = f"select order_id::text, id::text, quantity, paid_minor, coupon_minor, points_used from order_lines where merchant_id = %(m)s and order_id in {_OF_CASES} order by order_id, position"
_PAYMENTS = f"""select c.id::text, p.order_id::text, p.id::text, p.amount_minor from {_KEYS} join payments p on p.merchant_id = c.merchant_id and p.order_id = c.order_id
  and p.method <> 'claim_back' and (p.paid_at is null or p.paid_at <= k.at) order by p.paid_at, p.id"""
_GRANTS = f"""select c.id::text, g.order_id::text, g.case_id::text, g.line_id::text, g.quantity, g.amount_minor from {_KEYS} join granted_refunds g on g.merchant_id = c.merchant_id
  and g.order_id = c.order_id and (g.at < k.at or (g.at = k.at and g.case_id <> c.id)) and (g.reversed_at is null or g.reversed_at > k.at) order by g.at, g.id"""
_SHARED = f"select order_id::text from cases where merchant_id = %(m)s and order_id in {_OF_CASES} group by order_id having count(*) > 1"
# What the last move until then left; before the first one what it found; now where nothing ever moved.
_MOVES = "from stock_moves m where m.merchant_id = s.merchant_id and m.sku = s.sku and m.warehouse = s.warehouse"
_STOCK = f"""select c.id::text, s.sku, s.warehouse, coalesce((select m.on_hand_after - m.held_after {_MOVES} and m.at <= k.at order by m.seq desc limit 1),
    (select m.on_hand_after - m.on_hand - m.held_after + m.held {_MOVES} order by m.seq limit 1), s.on_hand - s.held)::int
  from {_KEYS} join stock s on s.merchant_id = c.merchant_id and (s.sku = c.sku or s.sku = any(%(skus)s) or s.sku = c.facts -> 'proposal' ->> 'sku') order by s.sku, s.warehouse"""
_HOLDS = f"""select c.id::text, h.id::text, h.case_id::text, h.sku, h.warehouse, h.quantity, h.expires_at from {_KEYS} join holds h on h.merchant_id = c.merchant_id and h.case_id = c.id
  and h.held_at <= k.at and (h.ended_at is null or h.ended_at > k.at)"""
_PRICES = "select sku, price_minor, currency from skus where merchant_id = %(m)s and (sku = any(%(skus)s) or sku in (select c.sku from cases c where c.merchant_id = %(m)s and c.id = any(%(ids)s::uuid[])))"


@dataclass(slots=True)
class Past:
    """Rows as of each case's instant. By case id: `orders`, `payments`, `grants`, `stock`, `holds` (shaped as `store.batch` reads them); the rest goes for all."""

    cases: list[Row] = field(default_factory=list)
    events: dict[str, list[Row]] = field(default_factory=dict)
    orders: dict[str, list[Row]] = field(default_factory=dict)
    payments: dict[str, list[Row]] = field(default_factory=dict)
    grants: dict[str, list[Row]] = field(default_factory=dict)
    stock: dict[str, list[Row]] = field(default_factory=dict)
    holds: dict[str, list[Row]] = field(default_factory=dict)
    lines: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    shared: frozenset[str] = frozenset()
    """Orders with more than one case: what one is given another cannot have."""


def read(conn: psycopg.Connection, merchant: str, cases: list[tuple[str, datetime]], needs: Needs) -> Past:
    """What these commands' guards need of (case, instant)."""
    given: dict[str, Any] = {
        "m": UUID(merchant), "merchant": UUID(merchant), "ids": [UUID(case) for case, _ in cases], "ats": [at for _, at in cases], "skus": sorted(needs.skus),
    }

    def rows(query: str, wanted: bool = True) -> list[Row]:
        return conn.execute(query, given).fetchall() if wanted else []

    def by_case(query: str, wanted: bool = True) -> dict[str, list[Row]]:
        out: dict[str, list[Row]] = {}
        for case, *rest in rows(query, wanted):
            out.setdefault(case, []).append(tuple(rest))
        return out

    money = needs.money or needs.refusals
    return Past(
        rows(sql("see_cases")), by_case(_EVENTS), by_case(_ORDERS, money), by_case(_PAYMENTS, needs.money), by_case(_GRANTS, needs.money), by_case(_STOCK, needs.stock), by_case(_HOLDS, needs.stock),
        rows(_LINES, needs.money), rows(_PRICES, needs.prices), frozenset(r[0] for r in rows(_SHARED, needs.money)),
    )

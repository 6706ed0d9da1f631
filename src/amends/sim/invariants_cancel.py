"""Invariants of cancellations (OP-8, CA-1 … CA-9): pieces given up are those whose money went back, once, and never after receipt."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

_M = "%(m)s"
_GIVEN_UP = "(c.state in ('refunding', 'refunded') or (c.state = 'closed' and (c.facts ->> 'ended' = 'unpaid' or c.facts ->> 'gave_up' = 'true')))"
CANCELLED: dict[str, str] = {
    "cancelled_pieces": f"""
      select 'line ' || l.id || ': cancellations that ended gave up ' || coalesce(x.sum, 0) || ' pieces, it says ' || l.cancelled_quantity || ' of ' || l.quantity from order_lines l
      left join (
        select x.order_id, x.line_id, sum(x.quantity)::int as sum from cancellation_lines x join cases c on c.merchant_id = {_M} and c.id = x.case_id
        where x.merchant_id = {_M} and {_GIVEN_UP} group by 1, 2
      ) x on x.order_id = l.order_id and x.line_id = l.id
      where l.merchant_id = {_M} and (coalesce(x.sum, 0) <> l.cancelled_quantity or l.cancelled_quantity > l.quantity)""",
    "pieces": f"""
      select 'line ' || l.id || ': ' || coalesce(s.sum, 0) || ' pieces on service orders, ' || l.cancelled_quantity || ' cancelled, ' || l.quantity || ' sold' from order_lines l
      join (
        select c.order_id, c.line_id, sum(c.quantity)::int as sum from cases c where c.merchant_id = {_M} and c.kind = 'service_order'
          and c.state not in ('rejected', 'withdrawn', 'closed') and not (c.state = 'completed' and c.granted_minor = 0) group by 1, 2
      ) s on s.order_id = l.order_id and s.line_id = l.id
      where l.merchant_id = {_M} and s.sum + l.cancelled_quantity > l.quantity""",
    "cancelled_orders": f"""
      select 'order ' || o.number || ' is ' || o.state || ', and ' || sum(l.cancelled_quantity) || ' of ' || sum(l.quantity) || ' pieces are cancelled'
      from orders o join order_lines l on l.merchant_id = {_M} and l.order_id = o.id where o.merchant_id = {_M}
      group by o.number, o.state having (o.state = 'cancelled') <> (sum(l.cancelled_quantity) = sum(l.quantity))""",
    "open_once": f"""
      select 'line ' || x.line_id || ' is on ' || count(*) || ' open cancellations (CA-8)' from cancellation_lines x join cases c on c.merchant_id = {_M} and c.id = x.case_id
      where x.merchant_id = {_M} and c.closed_at is null and c.state <> 'refunding' group by x.line_id having count(*) > 1""",
    "hanging": f"""
      select c.number || ': ' || c.state || ' with ' || c.granted_minor || ' granted, ' || c.moved_minor || ' moved' from cases c where c.merchant_id = {_M} and c.kind = 'cancellation'
        and case c.state when 'refunding' then c.granted_minor <= c.moved_minor when 'refunded' then c.granted_minor <= 0 or c.moved_minor <> c.granted_minor else c.granted_minor <> 0 end""",
    "intercepted_once": f"""
      select c.number || ': the carrier was asked ' || count(*) || ' times (LO-3)' from outbox o join cases c on c.merchant_id = {_M} and c.id = o.case_id
      where o.merchant_id = {_M} and o.effect = 'intercept_parcel' group by c.number having count(*) > 1""",
    "said_once": f"""
      select c.number || ': ' || e.name || ' happened ' || count(*) || ' times by one command' from events e join cases c on c.merchant_id = {_M} and c.id = e.case_id
      where e.merchant_id = {_M} group by c.number, e.name, e.command_id having count(*) > 1""",
}
"""Each finds rows that must not be, one text each; they join `sim.invariants.WRONG`."""


def received(conn: Any, merchant: str) -> set[str]:
    """The orders of this merchant whose receipt is known."""
    rows = conn.execute("select id::text from orders where merchant_id = %s and (receipt_confirmed_at is not null or state in ('received', 'completed'))", (UUID(merchant),))
    return {row[0] for row in rows.fetchall()}


def granted_after_receipt(known: set[str], rows: dict[str, Any], events: list[Any]) -> Iterator[str]:
    """OR-5: what happened since the last look granted nothing on a cancellation whose order was known to be received by then."""
    for case_id, _, name, body, *_ in events:
        row = rows.get(case_id)
        if row is not None and row[13] == "cancellation" and row[14] in known and body["changes"].get("granted"):
            yield f"{row[1]}: {name} granted {body['changes']['granted']} after receipt was confirmed"

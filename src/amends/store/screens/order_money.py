"""The money of one order as an entitlement looks at it, without a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from amends.store.connect import Pool, scope

Row = tuple[Any, ...]


@dataclass(slots=True)
class OrderMoneySeen:
    """Rows as `store.batch` reads them for cases: order, lines, payments, grants that were not reversed."""

    order: Row
    lines: list[Row]
    payments: list[Row]
    grants: list[Row]
    pack: str

    @property
    def currency(self) -> str:
        """The order's currency."""
        return str(self.order[1])


_ORDER = "select id::text, currency, freight_minor, paid_minor from orders where merchant_id = %(m)s and id = %(o)s"
_LINES = """select order_id::text, id::text, quantity, paid_minor, coupon_minor, points_used from order_lines
  where merchant_id = %(m)s and order_id = %(o)s order by position"""
_PAYMENTS = "select order_id::text, id::text, amount_minor from payments where merchant_id = %(m)s and order_id = %(o)s and method <> 'claim_back' order by paid_at, id"
_GRANTS = """select order_id::text, case_id::text, line_id::text, quantity, amount_minor from granted_refunds
  where merchant_id = %(m)s and order_id = %(o)s and reversed_at is null order by at, id"""


def read(pool: Pool, merchant_id: str, order_id: str) -> OrderMoneySeen | None:
    """None when the merchant has no such order."""
    given = {"m": UUID(merchant_id), "o": UUID(order_id)}
    with scope(pool, UUID(merchant_id)) as conn:
        order = conn.execute(_ORDER, given).fetchone()
        pack = conn.execute("select pack_ref from merchants where id = %(m)s", given).fetchone()
        if order is None or pack is None:
            return None
        lines, payments, grants = (conn.execute(q, given).fetchall() for q in (_LINES, _PAYMENTS, _GRANTS))
    return OrderMoneySeen(order, lines, payments, grants, pack[0])

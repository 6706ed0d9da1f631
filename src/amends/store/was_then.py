"""What is on record of a merchant's addresses, people, settings and prices, so that a trial can look at them as they were (SA-7). Read in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

ACTIONS = ("address_made", "address_changed", "address_default", "person_made", "person_changed", "settings_changed")


@dataclass(slots=True)
class Deed:
    """One change on record: of what (`address`, `person`, `merchant`), which, and how it was before."""

    at: datetime
    action: str
    subject: str
    before: dict[str, Any]


@dataclass(slots=True)
class OnRecord:
    """Rows as they are today, and the changes since an instant, the newest first. `addresses`: id → label, is_default, active; `people`: id → name, active, created_at.

    `unmade`: addresses whose making is not on record. `prices`: by SKU, (since, minor units, currency) as orders were placed at, the oldest first.
    """

    addresses: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    unmade: list[str] = field(default_factory=list)
    prices: dict[str, list[tuple[datetime, int, str]]] = field(default_factory=dict)


_ADDRESSES = """select id::text, label, is_default, active, exists (select from audit a where a.merchant_id = x.merchant_id and a.action = 'address_made' and a.subject_id = x.id::text)
  from addresses x where merchant_id = %s"""
# What an order was placed at is what the shop asked then; of the same price again and again only the first is of interest.
_PRICES = """select sku, placed_at, price, currency from (
  select l.sku, o.placed_at, l.unit_price_minor as price, o.currency, lag(l.unit_price_minor) over w as before, lag(o.currency) over w as before_in
  from order_lines l join orders o on o.merchant_id = l.merchant_id and o.id = l.order_id
  where l.merchant_id = %s and l.sku = any(%s) and not l.gift and l.unit_price_minor > 0 window w as (partition by l.sku order by o.placed_at, l.order_id, l.id)) p
  where before is null or price <> before or currency <> before_in order by placed_at"""


def read(conn: psycopg.Connection, merchant: str, since: datetime) -> OnRecord:
    """What trials over cases decided from `since` on ask for; prices are read by `prices`, for few trials ask for any."""
    out, m = OnRecord(), UUID(merchant)
    for id_, label, is_default, active, made in conn.execute(_ADDRESSES, (m,)):
        out.addresses[id_] = {"label": label, "is_default": is_default, "active": active}
        if not made:
            out.unmade.append(id_)
    for id_, name, active, created_at in conn.execute("select id::text, name, active, created_at from people where merchant_id = %s", (m,)):
        out.people[id_] = {"name": name, "active": active, "created_at": created_at}
    found = conn.execute(
        "select at, action, coalesce(subject_id, ''), coalesce(before, '{}') from audit where merchant_id = %s and at > %s and action = any(%s) order by at desc, id desc", (m, since, list(ACTIONS)),
    )
    out.deeds = [Deed(*row) for row in found]
    return out


def prices(conn: psycopg.Connection, merchant: str, skus: Iterable[str]) -> dict[str, list[tuple[datetime, int, str]]]:
    """What these SKUs were sold at: by SKU, (since, minor units of one piece before discounts, currency), the oldest first."""
    out: dict[str, list[tuple[datetime, int, str]]] = {}
    for sku, placed_at, price, currency in conn.execute(_PRICES, (UUID(merchant), sorted(skus))):
        out.setdefault(sku, []).append((placed_at, int(price), currency))
    return out


__all__ = ["ACTIONS", "Deed", "OnRecord", "prices", "read"]

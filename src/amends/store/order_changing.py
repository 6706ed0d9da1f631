"""What a change of an order reads, under the order's lock when it is to be written, and what it writes (OR-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Row = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """The order with its merchant's pack and settings, its lines, coupons on it and those its buyer could use, and the number of an open cancellation."""

    order: Row
    lines: list[Row]
    coupons: list[Row]
    offered: list[Row]
    cancellation: str | None


_ORDER = """select o.id::text, o.number, o.state, o.sub_state, o.version, o.buyer_id, o.currency, o.freight_minor, o.paid_minor, o.refunded_minor, o.receiver, o.phone,
    o.province, o.city, o.district, o.detail, o.buyer_remark, o.delivery_wish, o.invoice, o.paid_at, o.shipped_at, o.balance_due_at, o.lock_id::text, o.lock_state,
    o.lock_by, o.locked_at, o.locked_until, m.pack_ref as pack, m.settings, m.tz
  from orders o join merchants m on m.id = o.merchant_id where o.merchant_id = %(m)s and o.id = %(o)s"""
_LINES = """select l.id::text, l.position, l.sku, l.title, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used, l.points_granted, l.gift, l.gift_of::text,
    exists (select 1 from compensations c where c.merchant_id = l.merchant_id and c.order_id = l.order_id and coalesce(c.line_id, l.id) = l.id
      and c.kind = 'price_protection' and c.state <> 'refused') as protected,
    l.refunded_minor > 0 or l.cancelled_quantity > 0
      or exists (select 1 from cases c where c.merchant_id = l.merchant_id and c.order_id = l.order_id and c.line_id = l.id and c.state not in ('rejected', 'withdrawn', 'closed')) as gone
  from order_lines l where l.merchant_id = %(m)s and l.order_id = %(o)s order by l.position, l.id"""
_COUPONS = """select id::text, code, title, kind, amount_minor, minimum_minor, order_id is not null as used from coupons
  where merchant_id = %(m)s and (order_id = %(o)s or (order_id is null and buyer_id = %(b)s and currency = %(c)s
    and coalesce(valid_from, %(now)s) <= %(now)s and coalesce(valid_until, 'infinity') > %(now)s)) order by order_id nulls last, valid_until nulls last, code"""
_CANCELLATION = "select number from cases where merchant_id = %(m)s and order_id = %(o)s and kind = 'cancellation' and closed_at is null order by opened_at limit 1"


def see(conn: psycopg.Connection, merchant: str, order_id: str, now: datetime, *, lock: bool = False) -> Seen | None:
    """None when the merchant has no such order; `lock` holds it until the transaction ends."""
    given: Row = {"m": UUID(merchant), "o": order_id, "now": now}
    with conn.cursor(row_factory=dict_row) as cursor:
        order = cursor.execute(_ORDER + (" for update of o" if lock else ""), given).fetchone()
        if order is None:
            return None
        lines = cursor.execute(_LINES, given).fetchall()
        coupons = cursor.execute(_COUPONS, {**given, "b": order["buyer_id"], "c": order["currency"]}).fetchall()
        open_ = cursor.execute(_CANCELLATION, given).fetchone()
    return Seen(order, lines, [c for c in coupons if c["used"]], [c for c in coupons if not c["used"]], open_["number"] if open_ else None)


_GOODS = """with wanted as (
  select sku from unnest(%(skus)s::text[]) as t(sku)
  union select g ->> 'sku' from skus s, jsonb_array_elements(case when jsonb_typeof(s.attributes -> 'gifts') = 'array' then s.attributes -> 'gifts' else '[]' end) g
    where s.merchant_id = %(m)s and s.sku = any(%(skus)s)
)
select s.sku, s.title, s.price_minor, s.category, s.attributes -> 'gifts' as gifts, k.free
from skus s left join lateral (select sum(on_hand - held)::int as free from stock k where k.merchant_id = s.merchant_id and k.sku = s.sku) k on true
where s.merchant_id = %(m)s and s.sku in (select sku from wanted) and s.active and s.currency = %(c)s order by s.sku"""


def goods(conn: psycopg.Connection, merchant: str, skus: Sequence[str], currency: str) -> list[Row]:
    """Today's price, gifts and free pieces of these SKUs and of their gifts, as far as they are sold in this currency."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_GOODS, {"m": UUID(merchant), "skus": list(skus), "c": currency}).fetchall()


def find_goods(conn: psycopg.Connection, merchant: str, text: str, currency: str, most: int) -> list[Row]:
    """Goods on sale whose title or SKU has this in it, by title."""
    like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select sku, title, price_minor from skus where merchant_id = %(m)s and active and currency = %(c)s and price_minor > 0 and (title ilike %(t)s or sku ilike %(t)s)"
            " order by title, sku limit %(n)s", {"m": UUID(merchant), "c": currency, "t": like, "n": most},
        ).fetchall()


def lock(conn: psycopg.Connection, merchant: str, order_id: str, lock_id: str, by: str, now: datetime, until: datetime) -> None:
    """A change begins; what the order was is kept."""
    conn.execute(
        "update orders set lock_id = %(l)s, lock_state = state, lock_by = %(by)s, locked_at = %(now)s, locked_until = %(until)s, state = 'locked', version = version + 1"
        " where merchant_id = %(m)s and id = %(o)s", {"m": UUID(merchant), "o": order_id, "l": lock_id, "by": by, "now": now, "until": until},
    )


def unlock(conn: psycopg.Connection, merchant: str, order_id: str) -> None:
    """The change ends; the order is again what it was."""
    conn.execute("update orders set state = lock_state, version = version + 1 where merchant_id = %s and id = %s and lock_id is not null", (UUID(merchant), order_id))


_ENDED = """with due as (
  select id, lock_state, lock_by, locked_at from orders where merchant_id = %(m)s and locked_until <= %(now)s order by id limit %(most)s for update skip locked
), open as (
  update orders o set state = o.lock_state, version = o.version + 1 from due where o.merchant_id = %(m)s and o.id = due.id
)
insert into order_changes (merchant_id, id, order_id, at, what, actor_kind, after)
select %(m)s, gen_random_uuid(), id, %(now)s, 'change_expired', 'clock', jsonb_build_object('since', locked_at) from due"""


def end_abandoned(conn: psycopg.Connection, merchant: str, now: datetime, most: int = 500) -> int:
    """Changes whose time is over end; those somebody is saving at this moment are left to them. Answers how many."""
    return conn.execute(_ENDED, {"m": UUID(merchant), "now": now, "most": most}).rowcount


def merchants_with_abandoned(conn: psycopg.Connection, now: datetime) -> list[str]:
    """Merchants with a change whose time is over; PLATFORM scope."""
    return [row[0] for row in conn.execute("select distinct merchant_id::text from orders where locked_until <= %s", (now,))]


def record(conn: psycopg.Connection, merchant: str, rows: Sequence[Row], now: datetime) -> None:
    """What was done to orders. Rows: id, order, what, actor_kind, actor_id, actor_name, before, after."""
    conn.execute(
        "insert into order_changes (merchant_id, id, order_id, at, what, actor_kind, actor_id, actor_name, before, after)"
        " select %(m)s, x.id, x.order_id, %(now)s, x.what, x.actor_kind, x.actor_id, x.actor_name, coalesce(x.before, '{}'), coalesce(x.after, '{}') from json_to_recordset(%(rows)s)"
        " as x(id uuid, order_id uuid, what text, actor_kind text, actor_id text, actor_name text, before jsonb, after jsonb)",
        {"m": UUID(merchant), "now": now, "rows": msgspec.json.encode(rows).decode()},
    )


def recorded(conn: psycopg.Connection, merchant: str, id: str) -> Row | None:
    """What was recorded under an id: the order and what was done."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select order_id::text, what, after from order_changes where merchant_id = %s and id = %s", (UUID(merchant), id)).fetchone()


_MARK = """update orders o set lines_mark = coalesce(o.lines_mark, (select amends_lines_mark(array_agg(l.sku), array_agg(l.quantity), array_agg(l.paid_minor))
    from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id)) where o.merchant_id = %(m)s and o.id = %(o)s"""
_PUT = """insert into order_lines as k (merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used, points_granted, gift, gift_of)
select %(m)s, %(o)s, x.id, x.position, x.sku, x.title, x.category, x.quantity, x.unit_price_minor, x.paid_minor, x.coupon_minor, x.points_used, x.points_granted, x.gift, x.gift_of
from json_to_recordset(%(rows)s) as x(id uuid, position int, sku text, title text, category text, quantity int, unit_price_minor bigint, paid_minor bigint, coupon_minor bigint,
  points_used bigint, points_granted bigint, gift boolean, gift_of uuid)
on conflict (merchant_id, order_id, id) do update set title = excluded.title, quantity = excluded.quantity, unit_price_minor = excluded.unit_price_minor,
  paid_minor = excluded.paid_minor, coupon_minor = excluded.coupon_minor, points_used = excluded.points_used, points_granted = excluded.points_granted"""


def write_lines(conn: psycopg.Connection, merchant: str, order_id: str, put: Sequence[Row], gone: Sequence[str]) -> None:
    """New and changed lines, and those that are no more. What the shop said before is marked first."""
    given = {"m": UUID(merchant), "o": order_id, "gone": list(gone), "rows": msgspec.json.encode(put).decode()}
    conn.execute(_MARK, given)
    conn.execute("delete from order_lines where merchant_id = %(m)s and order_id = %(o)s and id = any(%(gone)s::uuid[])", given)
    conn.execute(_PUT, given)


def write_order(conn: psycopg.Connection, merchant: str, order_id: str, changed: Row, back: int, now: datetime) -> None:
    """The rest of a change: what was typed (receiver, wishes, invoice, remark), what goes back, and the lock's end."""
    if changed.keys() & RECEIVER:
        mark_receiver(conn, merchant, order_id)
    sets = "".join(f"{name} = %({name})s, " for name in changed)
    values = {name: Jsonb(value) if name == "invoice" else value for name, value in changed.items()}
    conn.execute(
        f"update orders set {sets}refunded_minor = refunded_minor + %(back)s, modified_at = %(now)s, state = coalesce(lock_state, state), version = version + 1"
        " where merchant_id = %(m)s and id = %(o)s", {**values, "m": UUID(merchant), "o": order_id, "back": back, "now": now},
    )


RECEIVER = {"receiver", "phone", "province", "city", "district", "detail"}


def mark_receiver(conn: psycopg.Connection, merchant: str, order_id: str) -> None:
    """Keep in short what the shop said of the receiver, before it is changed here."""
    conn.execute(
        "update orders set receiver_mark = coalesce(receiver_mark, amends_receiver_mark(receiver, phone, province, city, district, detail)) where merchant_id = %s and id = %s",
        (UUID(merchant), order_id),
    )


def use_coupons(conn: psycopg.Connection, merchant: str, order_id: str, ids: Sequence[str], now: datetime) -> bool:
    """The order has these coupons and no others from now on; false when one of them was used elsewhere meanwhile."""
    given = {"m": UUID(merchant), "o": order_id, "ids": list(ids), "now": now}
    conn.execute("update coupons set order_id = null, used_at = null where merchant_id = %(m)s and order_id = %(o)s and not id = any(%(ids)s::uuid[])", given)
    conn.execute("update coupons set order_id = %(o)s, used_at = %(now)s where merchant_id = %(m)s and id = any(%(ids)s::uuid[]) and order_id is null", given)
    row = conn.execute("select count(*) from coupons where merchant_id = %(m)s and order_id = %(o)s", given).fetchone()
    return row is not None and row[0] == len(ids)

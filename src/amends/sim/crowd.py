"""Very many cases at once, written set-based: load for storms and for the benchmark. They are what applications would have left behind."""

from datetime import datetime

from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, Pool, scope

_MERCHANT = "insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')"
_ADDRESS = """insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)
  values (%s, gen_random_uuid(), '一仓', '仓库', '02100000000', '上海市', '市辖区', '浦东新区', '世纪大道 1 号', true)"""
_CASES = """
with n as (select generate_series(%(first)s::int, %(last)s::int) as i),
c as (
  insert into cases (merchant_id, id, kind, number, state, order_id, buyer_id, type, expectation, reason, fault, sku, category, quantity, waits_on, due_at, currency, opened_at, updated_at, facts)
  select %(merchant)s, amends_crowd_id(i), 'service_order', 'S-2026-' || lpad(i::text, 8, '0'), 'reviewing', amends_crowd_id(i + 500000000), 'buyer-' || i %% 5000, 'return', 'return', 'no_reason', 'buyer',
    'SKU' || i %% 900, 'home', 1, 'merchant', %(due)s::timestamptz + (i %% 977) * %(spread)s * interval '1 second', 'CNY', %(opened)s, %(opened)s,
    jsonb_build_object('title', '双层玻璃杯 ' || i, 'fault', 'buyer', 'order_number', 'O' || i, 'line_paid', 19900, 'line_quantity', 1, 'clock', jsonb_build_object('clock', 'review', 'pack', 'jd', 'version', 1, 'source', 'S4'))
  from n returning id, due_at
), k as (
  insert into clocks (merchant_id, case_id, name, due_at, case_version) select %(merchant)s, id, 'review', due_at, 1 from c
)
insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body)
select %(merchant)s, id, 1, 'applied', gen_random_uuid(), 'buyer', 'buyer', '买家', %(opened)s, '{"command": "apply", "to": "reviewing", "changes": {}}' from c
"""


def merchant(pool: Pool, name: str = "风暴商家") -> str:
    """A merchant with a default return address; answers its id."""
    fresh = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute(_MERCHANT, (fresh, name))
        conn.execute(_ADDRESS, (fresh,))
    return fresh


def cases(pool: Pool, merchant_id: str, many: int, opened: datetime, due: datetime, *, spread: float = 0, first: int = 1, step: int = 50_000) -> None:
    """`many` service orders in review whose clocks run out at `due` (spread over 977 × `spread` seconds)."""
    for start in range(first, first + many, step):
        with scope(pool, PLATFORM) as conn:
            conn.execute("set local statement_timeout = 0")
            conn.execute(_CASES.replace("amends_crowd_id(i + 500000000)", _id("i + 500000000")).replace("amends_crowd_id(i)", _id("i")), {
                "seed": merchant_id, "first": start, "last": min(start + step, first + many) - 1, "merchant": merchant_id, "due": due, "opened": opened, "spread": spread,
            })


def _id(expression: str) -> str:
    """An id from a number, in the order of the numbers as UUIDv7 are, and different for each merchant."""
    return f"(lpad(to_hex({expression}), 12, '0') || '7' || substr(md5(%(seed)s::text), 1, 3) || '8' || substr(md5(%(seed)s::text), 4, 15))::uuid"


_ORDERS = """
with n as (select generate_series(1, %(many)s::int) as i),
o as (
  insert into orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, paid_minor, receiver, phone, placed_at, paid_at, delivered_at, receipt_confirmed_at)
  select %(merchant)s, gen_random_uuid(), 'C' || lpad(i::text, 9, '0'), 'received', %(buyer)s, 'SOP', 'CNY', 19900, '收货人', '13800000000', %(at)s, %(at)s, %(at)s, %(at)s from n
  returning id
), l as (
  insert into order_lines (merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor)
  select %(merchant)s, id, gen_random_uuid(), 0, 'CUP', '双层玻璃杯', 'home', 1, 19900, 19900 from o returning order_id, id
), p as (
  insert into payments (merchant_id, id, order_id, provider, provider_ref, currency, amount_minor, paid_at)
  select %(merchant)s, gen_random_uuid(), id, 'manual', id::text, 'CNY', 19900, %(at)s from o
)
select order_id::text, id::text from l
"""


def orders(pool: Pool, merchant_id: str, many: int, received: datetime, buyer: str) -> list[tuple[str, str]]:
    """Received orders of one line each; answers (order, line)."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(_ORDERS, {"merchant": merchant_id, "many": many, "at": received, "buyer": buyer}).fetchall()

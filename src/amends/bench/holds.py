"""Holds of exchange applications (ST-K1, ST-K2): all buyers after one SKU, and each after another, beside the bare SQL of one hold."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from amends.bench.figures import Figure
from amends.core.actor import Actor, Party
from amends.engine.application import Application, Applied, Item
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.sim import crowd
from amends.sim.invariants_stock import HOLDS
from amends.store.connect import PLATFORM, scope

CLIENTS = 8
SKUS = 500
HOT = "HOT"
_SETTINGS = """update merchants set settings = settings || '{"exchange_locks_stock": true, "exchange_only_with_stock": true}' where id = %s"""
_STOCK = "insert into stock (merchant_id, sku, on_hand) select %s, s, 10000000 from unnest(%s::text[]) as s"
_SPREAD = "update order_lines set sku = case when %(hot)s then %(sku)s else 'SKU' || mod(abs(hashtext(order_id::text)), %(skus)s) end where merchant_id = %(m)s"
_PHOTOS = "insert into files (merchant_id, id, sha256, media_type, size, bytes, at) select %s, id, decode(repeat('00', 32), 'hex'), 'image/png', 1, 'x', %s from unnest(%s::uuid[]) as id"
_LINES = "select order_id::text, id::text from order_lines where merchant_id = %s"
_LOCK = "select on_hand - held from stock where merchant_id = %(m)s and sku = %(sku)s and warehouse = '' for update"
_TAKE = """with s as (update stock set held = held + 1 where merchant_id = %(m)s and sku = %(sku)s and warehouse = '' returning held)
insert into holds (merchant_id, id, case_id, sku, quantity, held_at) select %(m)s, gen_random_uuid(), gen_random_uuid(), %(sku)s, 1, now() from s"""


def holds(house: House, many: int) -> Iterator[Figure]:
    """`many` applications each for one SKU that all want, and over many SKUs; eight buyers at a time."""
    for hot in (True, False):
        name = "one hot SKU" if hot else f"{SKUS} SKUs"
        floor = _bare(house, many, hot)
        yield Figure(f"floor: a hold in bare SQL, {name}", floor, "/s", "(floor)")
        rate, wrong = _applied(house, many, hot)
        yield Figure(f"applications that hold, {name}", rate, "/s", "(informs) never below zero", floor, None, wrong or f"{CLIENTS} buyers at a time, the whole application with it")


def _bare(house: House, many: int, hot: bool) -> float:
    merchant = crowd.merchant(house.pool, "占库存底线")
    skus = [HOT] if hot else [f"SKU{n}" for n in range(SKUS)]
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(_STOCK, (merchant, skus))

    def one(n: int) -> None:
        with scope(house.pool, UUID(merchant)) as conn:
            given = {"m": merchant, "sku": skus[n % len(skus)]}
            conn.execute(_LOCK, given).fetchone()
            conn.execute(_TAKE, given)

    return _rate(one, many)


def _applied(house: House, many: int, hot: bool) -> tuple[float, str]:
    merchant, now = crowd.merchant(house.pool, "占库存商家"), datetime.now(UTC)
    crowd.orders(house.pool, merchant, many, now, "buyer")
    photos = [new_id() for _ in range(many)]
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("set local statement_timeout = 0")
        conn.execute(_SETTINGS, (merchant,))
        conn.execute(_STOCK, (merchant, [HOT, *(f"SKU{n}" for n in range(SKUS))]))
        conn.execute(_SPREAD, {"m": merchant, "hot": hot, "sku": HOT, "skus": SKUS})
        conn.execute(_PHOTOS, (merchant, now, photos))
        lines = conn.execute(_LINES, (merchant,)).fetchall()
    buyer = Actor(Party.BUYER, "buyer", "买家")

    def one(n: int) -> bool:
        order, line = lines[n]
        item = Item(line, 1, "exchange", "wrong_goods", "发错了", [photos[n]])
        return isinstance(apply_for(house.pool, merchant, Application(order, [item]), buyer, now, new_id()), Applied)

    refused: list[int] = []
    rate = _rate(lambda n: None if one(n) else refused.append(n), len(lines))
    with scope(house.pool, UUID(merchant)) as conn:
        broken = [row[0] for query in HOLDS.values() for row in conn.execute(query, {"m": UUID(merchant)}).fetchall()]
        held = conn.execute("select coalesce(sum(held), 0)::int from stock where merchant_id = %s", (merchant,)).fetchone()
    wrong = "" if not refused and not broken and held == (len(lines),) else f"{len(refused)} refused, {held} held of {len(lines)}; {broken[:1]}"
    return rate, wrong


def _rate(one: Callable[[int], object], many: int) -> float:
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(one, range(many)))
    return many / (time.perf_counter() - start)

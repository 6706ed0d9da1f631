"""The statement of a merchant with very many ledger entries, beside the bare SQL of its page (MO-4)."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from amends.bench.figures import Figure
from amends.bench.http_load import percentile
from amends.engine.house import House
from amends.sim import crowd
from amends.store.connect import PLATFORM, scope
from amends.store.screens import ledger

ACCOUNT, CURRENCY = "merchant_settlement", "CNY"
YEAR = timedelta(days=365)
PIECE = 50_000
_FILL = """
with n as (select gen_random_uuid() as id, n, %(until)s::timestamptz - (random() * %(year)s::interval) as at, (random() * 90000)::bigint + 100 as amount from generate_series(%(first)s, %(last)s) n),
m as (
  insert into ledger_movements (merchant_id, id, kind, about, at, order_id)
  select %(m)s, id, case when n %% 2 = 0 then 'refund_granted' else 'late_shipment_granted' end, n::text, at, gen_random_uuid() from n
)
insert into ledger_entries (merchant_id, movement_id, line, account, currency, amount_minor, at, part)
select %(m)s, n.id, x.line, case when x.line = 2 and n.n %% 2 = 1 then 'compensation' else x.account end, 'CNY', x.sign * n.amount, n.at, x.part from n
cross join (values (1, 'merchant_settlement', -1, 'goods'), (2, 'buyer_refund', 1, 'refund')) x (line, account, sign, part)"""
_DAYS = """
insert into ledger_days (merchant_id, account, currency, day, stripe, in_minor, out_minor, entries)
select merchant_id, account, currency, (at at time zone 'UTC')::date, get_byte(uuid_send(movement_id), 0) %% 8, sum(greatest(amount_minor, 0)), sum(least(amount_minor, 0)), count(*)
from ledger_entries where merchant_id = %(m)s group by 1, 2, 3, 4, 5"""
_BARE = """select movement_id, line, amount_minor, at from ledger_entries where merchant_id = %s and account = %s and currency = %s and (at, movement_id, line) < (%s, %s::uuid, %s)
  order by at desc, movement_id desc, line desc limit 51"""


def statement(house: House, entries: int, looks: int = 60) -> Iterator[Figure]:
    """p95 of a page of the statement with its running balance: the newest, one anywhere in the year, one filtered by kind, and a month opened and closed."""
    now = datetime.now(UTC)
    merchant = crowd.merchant(house.pool, "账目很多的商家")
    fill(house, merchant, entries, now)
    chance = random.Random(1)
    places = [(now - YEAR * chance.random(), "ffffffff-ffff-ffff-ffff-ffffffffffff", 1) for _ in range(looks)]
    newest = (now + YEAR, places[0][1], 1)
    want = ledger.Wanted(ACCOUNT, CURRENCY)
    floor = _p95(lambda place: _bare(house, merchant, place), [newest] * looks)
    deep = _p95(lambda place: _bare(house, merchant, place), places)
    of = f"of a merchant with {entries:,} ledger entries, p95"
    limit = "<= 20 ms"
    page = _p95(lambda _: ledger.page(house.pool, merchant, want), places)
    yield Figure(f"statement, newest page, {of}", page, "ms", limit, floor, page <= 20)
    page = _p95(lambda place: ledger.page(house.pool, merchant, ledger.Wanted(ACCOUNT, CURRENCY, after=place)), places)
    yield Figure(f"statement, any page, {of}", page, "ms", limit, deep, page <= 20)
    page = _p95(lambda place: ledger.page(house.pool, merchant, ledger.Wanted(ACCOUNT, CURRENCY, "refund_granted", after=place)), places)
    yield Figure(f"statement, any page of one kind, {of}", page, "ms", limit, deep, page <= 20)
    page = _p95(lambda place: ledger.period(house.pool, merchant, ledger.Wanted(ACCOUNT, CURRENCY, since=place[0], until=place[0] + timedelta(days=30))), places)
    yield Figure(f"statement, a month opened and closed, {of}", page, "ms", limit, None, page <= 20)


def fill(house: House, merchant: str, entries: int, until: datetime) -> None:
    """So many entries over the year before `until`, two for each movement, balanced, with the sums of their days."""
    for first in range(0, entries // 2, PIECE):
        with scope(house.pool, PLATFORM) as conn:
            last = min(first + PIECE, entries // 2) - 1
            conn.execute("set local statement_timeout = '10min'")
            conn.execute(_FILL, {"m": UUID(merchant), "until": until, "year": YEAR, "first": first, "last": last})
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("set local statement_timeout = '10min'")
        conn.execute(_DAYS, {"m": UUID(merchant)})


def _bare(house: House, merchant: str, place: tuple[datetime, str, int]) -> None:
    with scope(house.pool, UUID(merchant)) as conn:
        conn.execute(_BARE, (merchant, ACCOUNT, CURRENCY, *place)).fetchall()


def _p95(look: Callable[[tuple[datetime, str, int]], Any], places: list[tuple[datetime, str, int]]) -> float:
    took = []
    for place in places:
        start = time.perf_counter()
        look(place)
        took.append(time.perf_counter() - start)
    return percentile(took, 0.95) * 1000

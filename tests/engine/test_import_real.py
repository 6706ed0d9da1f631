"""Real orders of a marketplace and of a shop: counts, and sums to the cent against sums taken from the files by csv and decimal alone.

The files may not travel with the project; where they are absent, nothing here is collected.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from amends.engine.importing import mapping
from amends.engine.importing.source import Source
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.importer import bring, merchant, rows

DATA = Path(os.environ.get("AMENDS_DATA", Path(__file__).parents[3] / "shared" / "data"))
TMALL = [p for p in [DATA / "tmall_orders_refunds" / "tmall_order_report.csv.gz"] if p.exists()]
OLIST = [p for p in [DATA / "olist_orders_sample"] if p.is_dir()]


def table(path: Path) -> Iterator[dict[str, str]]:
    """Rows by column, read without anything of the product."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def cents(text: str) -> int:
    value = Decimal(text) * 100
    assert value == int(value)
    return int(value)


@pytest.mark.parametrize("path", TMALL, ids=lambda p: p.name)
def test_a_shops_report_of_a_month(pool: Pool, path: Path) -> None:
    made, _ = mapping.find("tmall")
    shop = merchant(pool)
    report, refused = bring(pool, shop, [Source(path.name, path)], made)
    written = list(table(path))
    assert refused == []
    assert (report.rows, report.new) == (len(written), len(written)) == (28010, 28010)
    paid = [row for row in written if row["订单付款时间 "]]
    gross, back = sum(cents(r["总金额"]) for r in paid), sum(cents(r["退款金额"]) for r in written)
    assert rows(pool, shop, "select sum(paid_minor), sum(refunded_minor) from orders where merchant_id = {m}") == [(gross, back)]
    assert rows(pool, shop, "select sum(paid_minor), sum(refunded_minor), count(*) from order_lines where merchant_id = {m}") == [(gross, back, 28010)]
    assert rows(pool, shop, "select sum(amount_minor), sum(refunded_minor), count(*) from payments where merchant_id = {m}") == [(gross, back, len(paid))]
    assert gross - back == sum(cents(r["买家实际支付金额"]) for r in written)
    full = sum(1 for r in paid if cents(r["退款金额"]) == cents(r["总金额"]))
    assert dict(rows(pool, shop, "select state, count(*) from orders where merchant_id = {m} group by 1")) == {
        "pending_payment": len(written) - len(paid), "cancelled": full, "preparing": len(paid) - full}
    places = Counter(r["收货地址 "] for r in written)
    assert dict(rows(pool, shop, "select province, count(*) from orders where merchant_id = {m} group by 1"))["上海市"] == places["上海"]
    again, _ = bring(pool, shop, [Source(path.name, path)], made)
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, 28010, 0)


@pytest.mark.parametrize("folder", OLIST, ids=lambda p: p.name)
def test_a_marketplace_with_many_sellers(pool: Pool, folder: Path) -> None:
    made, _ = mapping.find("olist")
    assert made is not None
    names = [p for p in sorted(folder.iterdir()) if any(p.match(m) for f in made.files for m in f.match)]
    sources = [Source(p.name, p) for p in names]
    by_name = {f.name: next(p for p in names if any(p.match(m) for m in f.match)) for f in made.files}
    items: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in table(by_name["items"]):
        items[row["order_id"]].append(row)
    all_orders = {row["order_id"] for row in table(by_name["main"])}
    payments = [row for row in table(by_name["payments"]) if row["order_id"] in items]
    sellers = {r["seller_id"] for some in items.values() for r in some}
    parts = sum(len({r["seller_id"] for r in some}) for some in items.values())

    report, refused = bring(pool, None, sources, made)
    assert (len(all_orders), len(items)) == (8135, 7360)
    assert (report.new, report.refused) == (parts, len(all_orders) - len(items)) == (7433, 775)
    assert {r.code for r in refused} == {"order_without_lines"}
    with scope(pool, PLATFORM) as conn:
        one = lambda query: conn.execute(query).fetchone()  # noqa: E731
        assert one("select count(*) from merchants where settings ? 'source'") == (len(sellers),) == (1610,)
        assert one("select count(*), sum(paid_minor), sum(freight_minor) from orders where channel = 'olist'") == (
            parts, sum(cents(p["payment_value"]) for p in payments), sum(cents(r["freight_value"]) for some in items.values() for r in some))
        assert one("select count(*), sum(l.paid_minor) from order_lines l join orders o on o.merchant_id = l.merchant_id and o.id = l.order_id "
                   "where o.channel = 'olist'") == (sum(map(len, items.values())), sum(cents(r["price"]) for some in items.values() for r in some))
        by_payment = dict(conn.execute("select provider_ref, sum(amount_minor)::bigint from payments where provider_ref like 'olist-%' group by 1").fetchall())
        assert by_payment == {f"olist-{p['order_id']}-{p['payment_sequential']}": cents(p["payment_value"]) for p in payments}
        delivered = one("select count(*) from orders where channel = 'olist' and state = 'received' and receipt_confirmed_at = delivered_at + interval '3 days'")
        assert delivered is not None
        assert delivered[0] > 5000
    again, _ = bring(pool, None, sources, made)
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, parts, 775)

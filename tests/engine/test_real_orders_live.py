"""Service orders run on real imported orders, from application to completion, and give back what was paid to the cent.

The files may not travel with the project; where they are absent, nothing here is collected.
"""

from datetime import timedelta

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.importing import mapping
from amends.engine.importing.source import Source
from amends.engine.intake import apply_for
from amends.engine.orders import take_in
from amends.store.connect import PLATFORM, scope
from amends.worker.effects import perform
from tests.engine.importer import bring, merchant
from tests.engine.test_import_real import OLIST, TMALL

CARRIER = Actor(Party.CARRIER, "carrier", "承运商")
GOOD = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}
ORDERS = """select o.merchant_id::text, o.id::text, o.buyer_id, o.receipt_confirmed_at, l.id::text, l.quantity, l.paid_minor, o.paid_minor, o.currency
  from orders o join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id
  where o.receipt_confirmed_at is not null and l.paid_minor > 0 and o.refunded_minor = 0 order by md5(o.number || l.position) limit %s"""


def live(pool, order):
    """One whole return of a whole line; answers what was granted and what the case says."""
    shop, order_id, buyer_id, received, line, quantity, _, _, _ = order
    now, buyer, agent = received + timedelta(days=1), Actor(Party.BUYER, buyer_id, "买家"), Actor(Party.MERCHANT, new_id(), "阿海", shop, ALL)
    applied = apply_for(pool, shop, Application(order_id, [Item(line, quantity, "return", "no_reason")]), buyer, now, new_id())
    assert not isinstance(applied, list), [r.say("en") for r in applied]
    case = applied.cases[0].case_id

    def say(command, actor):
        answer = handle(pool, [Asked(new_id(), shop, case, command, actor)], now)[0]
        assert answer.refusal is None, answer.refusal.say("en")
        return answer.state

    say(v.ApproveReturn(), agent)
    say(b.ShipBack("顺丰", f"SF{case}"), buyer)
    say(d.ParcelSigned(), CARRIER)
    say(p.RegisterReceipt(received=quantity, **GOOD), agent)
    say(p.Refund(), agent)
    while perform(pool, shop, now):
        pass
    with scope(pool, PLATFORM) as conn:
        for request in conn.execute("select id::text from refund_requests where case_id = %s order by id", (case,)).fetchall():
            say(d.RecordTransfer(request[0], f"T-{request[0]}"), agent)
    assert say(b.Confirm(), buyer) == "completed"
    say(b.Rate("satisfied"), buyer)
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select granted_minor, moved_minor, currency from cases where id = %s", (case,)).fetchone()


def addresses(pool):
    """Every merchant gets a place goods come back to."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)"
            " select id, gen_random_uuid(), '一仓', '仓库', '02100000000', '上海市', '市辖区', '浦东新区', '世纪大道 1 号', true from merchants on conflict do nothing"
        )


def run(pool, many):
    addresses(pool)
    with scope(pool, PLATFORM) as conn:
        orders = conn.execute(ORDERS, (many,)).fetchall()
    assert len(orders) == many
    for order in orders:
        paid_for_line, paid_for_order, currency = order[6:]
        assert live(pool, order) == (min(paid_for_line, paid_for_order), min(paid_for_line, paid_for_order), currency)


@pytest.mark.parametrize("folder", OLIST, ids=lambda f: f.name)
def test_returns_of_many_sellers_orders(pool, folder):
    made, _ = mapping.find("olist")
    bring(pool, None, [Source(f.name, f) for f in sorted(folder.glob("*.csv*"))], made)
    run(pool, 60)


@pytest.mark.parametrize("path", TMALL, ids=lambda f: f.name)
def test_returns_of_a_shops_orders_once_it_says_they_arrived(pool, path):
    made, _ = mapping.find("tmall")
    shop = merchant(pool)
    bring(pool, shop, [Source(path.name, path)], made)
    with scope(pool, PLATFORM) as conn:
        some = conn.execute(
            "select o.number, o.buyer_id, o.placed_at, o.paid_at, o.paid_minor, l.sku, l.title, p.provider, p.provider_ref from orders o"
            " join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id join payments p on p.merchant_id = o.merchant_id and p.order_id = o.id"
            " where o.merchant_id = %s and o.state = 'preparing' and o.refunded_minor = 0 order by o.number limit 60", (shop,),
        ).fetchall()
    records = [
        {
            "number": number, "buyer_id": buyer, "state": "received", "currency": "CNY", "placed_at": placed.isoformat(), "paid_at": paid_at.isoformat(),
            "delivered_at": (placed + timedelta(days=3)).isoformat(), "receipt_confirmed_at": (placed + timedelta(days=4)).isoformat(),
            "lines": [{"sku": sku, "title": title, "quantity": 1, "paid": {"amount": paid, "currency": "CNY"}}],
            "payments": [{"provider": provider, "ref": ref, "amount": {"amount": paid, "currency": "CNY"}}],
        }
        for number, buyer, placed, paid_at, paid, sku, title, provider, ref in some
    ]
    taken = take_in(pool, shop, records, some[0][2] + timedelta(days=10))
    assert {t.status for t in taken} == {"changed"}, [r.say("en") for t in taken for r in t.refusals]
    addresses(pool)
    with scope(pool, PLATFORM) as conn:
        orders = conn.execute(ORDERS.replace("where", "where o.merchant_id = %s and", 1), (shop, 60)).fetchall()
    assert len(orders) == 60
    for order in orders:
        assert live(pool, order)[:2] == (order[6], order[6])

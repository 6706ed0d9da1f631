"""A buyer who is asked for a difference sees how much, until when and how; and what becomes of it."""

import re
from datetime import timedelta

import pytest

from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.store.connect import PLATFORM, scope
from tests.engine.stock_shop import asked, to_processing
from tests.web.buyer_cast import act, text, world

__all__ = ["world"]


@pytest.fixture
def dearer(world):
    """A case whose goods came back, to be exchanged for dearer ones; answers its id and number."""
    shop = world.shop
    with scope(shop.pool, PLATFORM) as conn:
        for sku, price in (("CUP", 12900), ("MUG", 15900)):
            conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, %s, %s, %s)", (shop.merchant, sku, sku, price))
    case, = asked(shop, world.order, (0, 1))
    to_processing(shop, case)
    assert shop.say(case, p.Exchange("MUG")).state == "collecting"
    return case, shop.row(case, "number")[0]


def test_what_is_to_be_paid_until_when_and_how(world, dearer):
    case, number = dearer
    page = text(world.client.get(f"/b/cases/{number}"))
    assert "等你补差价" in page
    assert "¥30.00" in page
    assert number in page.split("请按商家告诉你的方式付款")[1]
    assert "不同意" in page
    with scope(world.shop.pool, PLATFORM) as conn:
        conn.execute("update charges set pay_url = 'https://pay.example/1' where case_id = %s", (case,))
    assert 'href="https://pay.example/1"' in text(world.client.get(f"/b/cases/{number}"))
    with scope(world.shop.pool, PLATFORM) as conn:
        conn.execute("update charges set pay_url = 'javascript:alert(1)', provider = 'bank' where case_id = %s", (case,))
    page = text(world.client.get(f"/b/cases/{number}"))
    assert "javascript:alert" not in page
    assert "付款页面正在准备" in page


def test_once_paid_the_goods_are_waited_for(world, dearer):
    case, number = dearer
    charge = world.shop.all("select id::text from charges where case_id = %s", case)[0][0]
    assert world.shop.say(case, o.RecordPayment(charge, "TR-1")).refusal is None
    page = text(world.client.get(f"/b/cases/{number}"))
    assert "等商家发货" in page
    assert "差价已付" in page
    assert "请按商家告诉你的方式付款" not in page


def test_a_buyer_who_does_not_want_to_pay_declines(world, dearer):
    case, number = dearer
    assert act(world, number, "decline", reason="太贵了").status_code == 302
    assert world.shop.row(case, "state") == ("processing",)
    assert "需要补的差价" not in text(world.client.get(f"/b/cases/{number}"))


def test_a_promised_date_is_told(world):
    shop = world.shop
    case, = asked(shop, world.order, (0, 1))
    to_processing(shop, case)
    until = shop.now + timedelta(days=9)
    assert shop.say(case, p.PromiseStock(until.isoformat(), "九天内到货")).refusal is None
    page = text(world.client.get(f"/b/cases/{shop.row(case, 'number')[0]}"))
    assert "商家承诺了到货日期" in page
    assert "九天内到货" in page
    assert re.search(r"\d+月\d+日", page)

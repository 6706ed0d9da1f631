"""The bell, the page of messages, the buyer's news and the platform's calls; and every message that can be told has words."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core.cases import TABLES
from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine import buyers
from amends.web.catalogue import words
from amends.web.told import key_of
from amends.worker.effects import READERS, perform
from tests.shop import LIN, Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    """The merchant with an address and stock."""
    return stock_shop(house, shop)


SAYS = {"tell_judged": "adjudicated"}
"""Effects that say the same whatever command led there."""


def told_events() -> set[tuple[str, str, str]]:
    """Who can be told of what on which kind of case: read off the tables, and what the worker adds; where somebody outside is waited for, the merchant is reminded."""
    steps = [(machine.kind, step) for machine in TABLES.values() for state in machine.states.values() for step in state.steps]
    found = {(reader, SAYS.get(effect.__name__, step.command.event), kind) for kind, step in steps for effect in step.then for reader in READERS.get(effect.__name__, ())}
    waits = [(kind, state.waits_on.value) for kind, machine in TABLES.items() for state in machine.states.values() if state.waits_on]
    reminded = {(who if who in ("buyer", "merchant", "platform") else "merchant", "reminder", kind) for kind, who in waits}
    opened = {("merchant", "applied", "service_order"), ("merchant", "cancel_applied", "cancellation"), ("merchant", "dispute_opened", "dispute"), ("platform", "dispute_opened", "dispute")}
    return found | reminded | opened | {("buyer", "rate_asked", "service_order"), ("buyer", "rate_reminder", "service_order")}


@pytest.mark.parametrize(("reader", "event", "kind"), sorted(told_events()))
def test_every_message_has_words_of_its_own(reader, event, kind):
    assert key_of(reader, event, kind) in words()


def test_no_words_are_kept_for_what_is_never_told():
    known = {key_of(*told) for told in told_events()} | {"notices.p_reminder", "notices.m_payment_difference", "notices.b_balance_due"}
    kept = {key for key in words() if key.startswith(("notices.m_", "notices.b_", "notices.p_", "cancellation.m_", "cancellation.b_", "cancellation.p_"))}
    kept |= {key for key in words() if key.startswith("disputes.") and key.split(".")[1][:2] in ("m_", "b_", "p_")}
    assert {key.removesuffix("_by") if key.removesuffix("_by") in known else key for key in kept} <= known


def open_case(goods: Shop, house: Any) -> tuple[str, str]:
    goods.now = house.clock.now()
    case = goods.apply(goods.order(("CUP", 1, 12900)))
    return case, goods.row(case, "number")[0]


def test_the_bell_counts_the_page_tells_and_opening_reads(house, goods, shop, client):
    case, number = open_case(goods, house)
    perform(house.pool, goods.merchant, goods.now)
    enter(client, house, shop)
    page = client.get("/m/notices").content.decode()
    assert 'data-count="notices.title">1<' in page
    assert number in page
    assert "客户提交了申请，请在" in page
    assert "对全店都算已读" in page
    goods.say(case, v.AskBuyer("photos", "请补照片"))
    assert "客户提交了申请 <" in client.get("/m/notices").content.decode()
    assert client.get(f"/m/cases/{case}").status_code == 200
    page = client.get("/m/notices").content.decode()
    assert 'data-count="notices.title"' not in page
    assert number in page
    assert "notices/read" not in page


def test_all_at_once_and_more_than_99(house, goods, shop, client):
    case, _ = open_case(goods, house)
    for n in range(101):
        goods.say(case, d.Say(f"第 {n} 句"), LIN)
    perform(house.pool, goods.merchant, goods.now)
    enter(client, house, shop)
    page = client.get("/m/notices").content.decode()
    assert 'data-count="notices.title">99+<' in page
    assert "客户发来消息" in page
    older = client.get("/m/notices" + page.split('href="?after=')[1].split('"')[0].join(["?after=", ""]))
    assert older.status_code == 200
    assert "回到最新" in older.content.decode()
    assert client.get("/m/notices?after=nonsense").status_code == 200
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post("/m/notices/read", {"seen": seen}).status_code == 302
    assert 'data-count="notices.title"' not in client.get("/m/notices").content.decode()
    assert client.post("/m/notices/read", {"seen": "x"}).status_code == 302


def test_a_clerk_without_rights_does_not_read_them(house, clerk, client):
    enter(client, house, clerk)
    assert client.get("/m/notices").status_code == 403


def test_the_buyers_news_stand_above_the_orders_until_the_case_is_opened(house, goods, client):
    case, number = open_case(goods, house)
    goods.say(case, v.ApproveReturn())
    perform(house.pool, goods.merchant, goods.now)
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    home = client.get("/b/").content.decode()
    assert "商家同意了你的申请，请在" in home
    assert home.index("新消息") < home.index("h-orders")
    client.get(f"/b/cases/{number}")
    assert "商家同意了你的申请，请在" not in client.get("/b/").content.decode()


def test_calls_for_help_stand_on_the_platforms_first_page(house, goods, operator, client):
    case, number = open_case(goods, house)
    goods.say(case, d.CallPlatform("客户要求超出规则"))
    perform(house.pool, goods.merchant, goods.now)
    enter(client, house, operator)
    page = client.get("/p/").content.decode()
    assert "申请平台介入" in page
    assert number in page
    assert client.get(f"/p/cases/{goods.merchant}/{case}").status_code == 200
    assert number not in client.get("/p/").content.decode()

"""The first pages: every number opens exactly what it counts; red begins at its instant; nobody sees another's (UI-1, UI-5, CA-5, TI-2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from amends.core.verbs import desk as d
from amends.engine import people
from amends.store.connect import PLATFORM, scope
from tests.shop import Shop, open_shop
from tests.web.case_cast import grant, stock_shop
from tests.web.conftest import PASSWORD, enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    """The merchant with an address and stock, at the house's time."""
    made = stock_shop(house, shop)
    made.now = house.clock.now()
    return made


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def due(goods: Shop, case: str, at: datetime, **columns: Any) -> None:
    """Move a case's time, as if it had been opened so long ago."""
    sets = {"due_at": at, **columns}
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute(f"update cases set {', '.join(f'{k} = %s' for k in sets)} where merchant_id = %s and id = %s", [*sets.values(), goods.merchant, case])


def cancelled(goods: Shop, since: timedelta) -> str:
    """A cancellation in review, opened so long ago, due in a day."""
    from tests.engine.cancel_desk import opened, unshipped

    case = opened(goods, unshipped(goods))
    due(goods, case, goods.now + timedelta(hours=20), opened_at=goods.now - since)
    return case


def lines(page: str) -> dict[str, tuple[int, str]]:
    """key → number and address of every line."""
    found = re.findall(r'data-line="([^"]+)">\s*<a class="day-open" href="([^"]+)">.*?<b class="[^"]*tnum[^"]*">(\d+)\+?</b>', page, re.S)
    return {key: (int(n), unescape(link)) for key, link, n in found}


def rows(client: Any, link: str) -> int:
    """How many rows a list shows."""
    page = body(client.get(link))
    return len(re.findall(r'<tr id="', page)) if "/m/q/" in link else len(re.findall(r"<tr", page.partition("<tbody")[2].partition("</tbody")[0]))


@pytest.fixture(scope="module")
def day(goods: Shop) -> dict[str, list[str]]:
    """A day's work: late, within the hour, calm; cancellations that have waited too long."""
    made: dict[str, list[str]] = {"late": [], "hour": [], "calm": [], "waited": []}
    for name, n, ahead in (("late", 2, timedelta(minutes=-5)), ("hour", 3, timedelta(minutes=30)), ("calm", 1, timedelta(hours=9))):
        for _ in range(n):
            case = goods.apply(goods.order(("CUP", 1, 9900)))
            due(goods, case, goods.now + ahead)
            made[name].append(case)
    made["waited"] = [cancelled(goods, timedelta(hours=2, minutes=1)), cancelled(goods, timedelta(hours=1))]
    return made


PEOPLE = [("everything", ("*",)), ("review", ("read", "service_order.approve_return", "service_order.claim")), ("cancels", ("read", "cancellation.approve_cancellation")), ("reader", ("read",))]


@pytest.mark.parametrize(("name", "permissions"), PEOPLE, ids=[name for name, _ in PEOPLE])
def test_every_number_opens_exactly_what_it_counts_whoever_looks(client, house, shop, goods, day, name, permissions):
    somebody = shop
    if name != "everything":
        made = people.make_person(house.pool, people.By(shop.actor()), f"{name}@chengwu.test", "新人", datetime.now(UTC), password=PASSWORD)
        assert isinstance(made, people.Person)
        grant(house, shop, made, *permissions)
        somebody = made
    page = body(enter(client, house, somebody).get("/m/home"))
    found = lines(page)
    assert found["red-review"][0] == 2
    assert found["hour-review"][0] == 3
    assert found["red-cancel-review"][0] == 1
    for key, (n, link) in found.items():
        if "/m/q/" in link:
            assert rows(client, link) == n, (key, link)
    for n, link in re.findall(r'href="(/m/q/[^"]+)">(\d+)</a>', page):
        assert rows(client, unescape(n)) == int(link), n


def test_lists_of_ones_own_come_first_and_those_of_colleagues_are_said_to_be(client, house, shop, goods, day):
    page = body(enter(client, house, shop).get("/m/home"))
    assert "同事负责的" not in page
    made = people.make_person(house.pool, people.By(shop.actor()), "only@chengwu.test", "小取", datetime.now(UTC), password=PASSWORD)
    assert isinstance(made, people.Person)
    grant(house, shop, made, "read", "cancellation.approve_cancellation")
    page = body(enter(client, house, made).get("/m/home"))
    assert page.index('data-line="red-cancel-review"') < page.index("同事负责的") < page.index('data-line="red-review"')


@pytest.mark.parametrize(("ahead", "red", "hour"), [(0, True, False), (1, False, True), (3600, False, True), (3601, False, False)])
def test_red_and_within_the_hour_begin_and_end_at_the_instant(client, house, goods, ahead, red, hour):
    from uuid import UUID

    from amends.store.screens import home

    case = goods.apply(goods.order(("CUP", 1, 9900)))
    due(goods, case, goods.now + timedelta(seconds=ahead))
    with scope(goods.pool, UUID(goods.merchant)) as conn:
        before = home.read(conn, goods.merchant, [home.Asked("review")], goods.now)
    due(goods, case, goods.now + timedelta(days=3))
    with scope(goods.pool, UUID(goods.merchant)) as conn:
        after = home.read(conn, goods.merchant, [home.Asked("review")], goods.now)

    def n(found, level):
        return found[(level, "review")].n if (level, "review") in found else 0

    assert (n(before, "red") - n(after, "red"), n(before, "hour") - n(after, "hour")) == (int(red), int(hour))
    goods.say(case, d.Note("完"))


@pytest.mark.parametrize(("waited", "red"), [(7199, 0), (7200, 1)])
def test_a_cancellation_is_red_after_two_hours_to_the_second(goods, waited, red):
    from uuid import UUID

    from amends.store.screens import home

    other = open_shop(goods.pool, name=f"等 {waited}")
    other.now = goods.now
    cancelled(other, timedelta(seconds=waited))
    with scope(goods.pool, UUID(other.merchant)) as conn:
        found = home.read(conn, other.merchant, [home.Asked("cancel-review", 7200)], goods.now)
        plan = home.explain(conn, other.merchant, home.Asked("cancel-review", 7200), goods.now)
    assert (found[("red", "cancel-review")].n if ("red", "cancel-review") in found else 0) == red
    assert found[("all", "cancel-review")].n == 1
    assert "Seq Scan on cases" not in plan


def test_another_merchants_first_page_is_calm_and_says_what_comes_next(client, house, goods, day):
    made = people.make_merchant(house.pool, "别家", "jd", "SOP", people.Main("bie@other.test", "别别", PASSWORD), datetime.now(UTC))
    assert isinstance(made, people.Person)
    page = body(enter(client, house, made).get("/m/home"))
    assert not lines(page)
    assert "没有超时的，1 小时内也没有到期的" in page
    assert "也没有等着你的单子" in page


def test_the_live_page_answers_304_until_something_changes(client, house, shop, goods, day):
    enter(client, house, shop)
    page = body(client.get("/m/home"))
    seal = re.search(r'data-seal="([^"]+)"', page)[1]
    again = client.get("/m/home/live", HTTP_IF_NONE_MATCH=f'"{seal}"')
    assert again.status_code == 304
    goods.apply(goods.order(("CUP", 1, 9900)))
    changed = client.get("/m/home/live", HTTP_IF_NONE_MATCH=f'"{seal}"')
    assert changed.status_code == 200
    assert changed["ETag"] != f'"{seal}"'


def test_what_was_claimed_is_listed_without_what_has_ended(client, house, shop, goods, day):
    for case in day["late"][:1] + day["calm"]:
        assert goods.say(case, d.Claim(), shop.actor()).refusal is None
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now(), due_at = null, waits_on = null where merchant_id = %s and id = %s", (goods.merchant, day["calm"][0]))
    enter(client, house, shop)
    n, link = lines(body(client.get("/m/home")))["w-mine_service_order"]
    assert n == 1
    assert link == "/m/q/all?person=me&open=1"
    assert len(re.findall(r'<tr id="', body(client.get(link)))) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_first_pages_open_in_both_languages(client, house, shop, operator, goods, day, lang):
    assert body(enter(client, house, shop).get(f"/m/home?lang={lang}")).count("<h1>") == 1
    assert body(enter(client, house, operator).get(f"/p/?lang={lang}")).count("<h1>") == 1
    assert client.get("/m/home").status_code == 403
    assert enter(client, house, shop).get("/p/").status_code == 403

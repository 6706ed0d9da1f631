"""The platform's first page over all merchants: every number is the length of the list it opens; tickets turn red to the second, on both sides (UI-5, TI-2, DI-4a)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs import desk as d
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket, TicketOpened
from amends.engine.tickets import open_ticket
from amends.store.connect import PLATFORM, scope
from amends.store.screens import home, platform_home
from tests.adjudication_cast import Verdict, judge_of, to_judge
from tests.shop import Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter

BOSS = Actor(Party.PLATFORM, new_id(), "平台", None, ALL)


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    made = stock_shop(house, shop)
    made.arbiter = BOSS
    made.now = house.clock.now()
    return made


def due(goods: Shop, case: str, at: Any) -> None:
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set due_at = %s where merchant_id = %s and id = %s", (at, goods.merchant, case))


def ticket(goods: Shop, origin: str = "complaint", merchant: str = "") -> str:
    opened = open_ticket(goods.pool, merchant or goods.merchant, NewTicket(origin, "quality", "杯子有裂纹", "裂纹"), BOSS, goods.now, new_id())
    assert isinstance(opened, TicketOpened), opened
    return opened.ticket_id


def lines(page: str) -> dict[str, tuple[int, str]]:
    """key → number and address of every line."""
    found = re.findall(r'data-line="([^"]+)">\s*<a class="day-open" href="([^"]+)">.*?<b class="[^"]*tnum[^"]*">(\d+)\+?</b>', page, re.S)
    return {key: (int(n), unescape(link)) for key, link, n in found}


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def rows(client: Any, link: str) -> int:
    """How many cases a list shows: the desks mark their rows, the console's own list has a row each."""
    table = body(client.get(link)).partition("<tbody")[2].rpartition("</tbody>")[0]
    return len(re.findall(r"<tr\b", table))


@pytest.fixture(scope="module")
def day(goods: Shop) -> dict[str, str]:
    """Something in every list of disputes and tickets, and a service order that is late."""
    made = {name: to_judge(goods) for name in ("late", "hour", "calm", "second")}
    for name, ahead in (("late", -timedelta(minutes=5)), ("hour", timedelta(minutes=30)), ("calm", timedelta(days=2)), ("second", timedelta(days=1))):
        due(goods, made[name], goods.now + ahead)
    dear = to_judge(goods, 90_000)
    assert goods.say(dear, Verdict(amount=90_000).command(), judge_of("老王")).refusal is None
    made["dear"] = dear
    made["red"], made["regulator"], made["transferred"] = ticket(goods), ticket(goods, "regulator"), ticket(goods)
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set facts = facts || jsonb_build_object('red_at', %s::text) where id = %s", ((goods.now - timedelta(seconds=1)).isoformat(), made["red"]))
        conn.execute("update cases set state = 'transferred', waits_on = 'platform', due_at = %s, facts = facts - 'red_at' where id = %s", (goods.now - timedelta(minutes=1), made["transferred"]))
    made["slow"] = goods.apply(goods.order(("CUP", 1, 9900)))
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'processing', due_at = %s, facts = facts || '{\"late\": true}' where id = %s", (goods.now - timedelta(hours=3), made["slow"]))
    called = goods.apply(goods.order(("CUP", 1, 9900)))
    assert goods.say(called, d.CallPlatform("谈不拢")).refusal is None
    return made


EXPECTED = {
    "red-judge_late": 1, "hour-judge_hour": 1, "waiting-judge": 4, "waiting-second": 1, "red-ticket_late": 1, "waiting-ticket": 1, "waiting-regulator": 1, "waiting-calls": 1,
    "merchants-ticket_red": 1, "merchants-merchant_late": 1,
}


def test_every_number_is_the_length_of_the_list_it_opens(client: Any, house: Any, operator: Any, goods: Shop, day: dict[str, str]) -> None:
    enter(client, house, operator)
    found = lines(body(client.get("/p/home")))
    assert {key: found[key][0] for key in EXPECTED} == EXPECTED
    for key, (n, link) in found.items():
        assert (rows(client, link) if link != "/p/calls" else body(client.get(link)).count('class="call-top"')) == n, (key, link)
    for name in platform_home.WORK:
        assert client.get(f"/p/work/{name}").status_code == 200
    assert client.get("/p/work/elsewhere").status_code == 404


def test_a_number_leads_on_to_the_case_itself(client: Any, house: Any, operator: Any, goods: Shop, day: dict[str, str]) -> None:
    enter(client, house, operator)
    page = body(client.get("/p/work/merchant_late"))
    assert f"/p/cases/{goods.merchant}/{day['slow']}" in page
    assert f"/p/tickets/{goods.merchant}/{day['transferred']}" in body(client.get("/p/work/ticket_late"))
    assert f"/p/disputes/{goods.merchant}/{day['late']}" in body(client.get("/p/disputes?tab=judge&late=1"))


@pytest.mark.parametrize(("left", "red", "reddens"), [(0, 1, 0), (1, 0, 1), (3600, 0, 1), (3601, 0, 0)])
def test_a_ticket_is_red_at_its_moment_to_the_second_on_both_sides(goods: Shop, day: dict[str, str], left: int, red: int, reddens: int) -> None:
    one = ticket(goods)
    asked = [home.Asked("ticket-answer", on="merchant")]

    def counted(at: Any) -> tuple[int, int, int, int]:
        with scope(goods.pool, PLATFORM) as conn:
            conn.execute("update cases set due_at = %s, facts = facts || jsonb_build_object('red_at', %s::text) where id = %s", (goods.now + timedelta(hours=9), at.isoformat(), one))
            ours = platform_home.counts(conn, goods.now)
        with scope(goods.pool, UUID(goods.merchant)) as conn:
            theirs = home.read(conn, goods.merchant, asked, goods.now)
        n = [theirs[(level, "ticket-answer")].n if (level, "ticket-answer") in theirs else 0 for level in ("red", "hour")]
        return ours["ticket_red"][0], ours["ticket_reddens"][0], n[0], n[1]

    before = counted(goods.now + timedelta(seconds=left))
    after = counted(goods.now + timedelta(hours=8))
    assert [x - y for x, y in zip(before, after, strict=True)] == [red, reddens, red, reddens]


def test_the_numbers_come_off_indexes(goods: Shop) -> None:
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("set local enable_seqscan = off")
        for name in ("merchant_late", "ticket_red", "judge_late", "ticket_late"):
            work = platform_home.WORK[name]
            plan = conn.execute(f"explain select 1 from cases c where c.kind = '{work.kind}' and c.closed_at is null and {work.where} order by c.due_at limit 10", {"now": goods.now, "hour": goods.now}).fetchall()
            assert "Seq Scan on cases" not in "\n".join(row[0] for row in plan), name

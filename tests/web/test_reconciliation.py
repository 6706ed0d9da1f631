"""Reconciliation on screen: a run asked for, what it found, closed with a note; the platform sees what belongs to nobody (MO-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.engine import people, reconcile
from amends.engine.ids import new_id
from amends.store import reconciliations
from amends.store.connect import PLATFORM, scope
from amends.store.reconciliations import NOBODY, Difference, Run
from tests.web.conftest import enter, walk_in
from tests.web.test_settings import look

OURS, THEIRS = {"amount": 9900, "currency": "CNY", "state": "moved", "reference": "R-1", "booked": None}, {"amount": 9800, "currency": "CNY", "state": "moved", "reference": "R-1"}


def body(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(scope="module")
def run(house: Any, shop: people.Person) -> str:
    """A connection, a run that is done with two differences, one for nobody."""
    now = house.clock.now()
    made = Run(new_id(), "wepay", now - timedelta(days=1), now, "asked")
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("insert into connections (id, name, kind, base_url, secret, created_at, changed_at) values (%s, 'wepay', 'payment', 'http://127.0.0.1:1', 's', %s, %s)", (new_id(), now, now))
        assert shop.merchant_id
        reconciliations.ask(conn, shop.merchant_id, made, "小满", now)
        found = [Difference(new_id(), "a", "amount", "refund", reference="R-1", ours=OURS, theirs=THEIRS), Difference(new_id(), "b", "missing_there", "refund", reference="R-2", ours=OURS)]
        reconciliations.note(conn, shop.merchant_id, "wepay", found, now, made.id)
        sums = [{"currency": "CNY", "theirs_out": 9800, "theirs_in": 0, "ours_out": 19800, "ours_in": 0}]
        reconciliations.finish(conn, shop.merchant_id, made.id, {"lines": 1, "matched": 0, "differences": 2, "sums": sums}, now)
        reconciliations.note(conn, NOBODY, "wepay", [Difference(new_id(), "c", "missing_here", "refund", reference="R-9", theirs=THEIRS)], now)
    return made.id


def test_differences_are_told_side_by_side_and_closed_with_a_note(client: Any, house: Any, shop: people.Person, run: str) -> None:
    page = body(enter(client, house, shop).get("/m/finance/reconciliation"))
    assert "金额不同" in page
    assert "¥99.00 · 已到账 · 账本未记 · R-1" in page
    assert "¥98.00 · 已到账 · R-1" in page
    with scope(house.pool, PLATFORM) as conn:
        (about,) = conn.execute("select id::text from reconciliation_differences where mark = 'a'").fetchone() or ("",)
    wrong = client.post("/m/finance/reconciliation/close", {"difference": about, "note": " "})
    assert wrong.status_code == 422
    assert "请填写“说明”" in body(wrong)
    assert client.post("/m/finance/reconciliation/close", {"difference": about, "note": "渠道扣了手续费"}).status_code == 302
    assert client.post("/m/finance/reconciliation/close", {"difference": about, "note": "再一次"}).status_code == 409
    assert "渠道扣了手续费" in body(client.get(f"/m/finance/reconciliation/{run}"))
    assert "¥198.00" in body(client.get(f"/m/finance/reconciliation/{run}"))
    assert client.get(f"/m/finance/reconciliation/{new_id()}").status_code == 404


def test_a_run_is_asked_for_over_whole_days(client: Any, house: Any, shop: people.Person, run: str) -> None:
    enter(client, house, shop)
    yesterday = (house.clock.now() - timedelta(days=2)).date().isoformat()
    assert client.post("/m/finance/reconciliation/ask", {"provider": "wepay", "first": yesterday, "last": yesterday}).status_code == 302
    assert "对账中" in body(client.get("/m/finance/reconciliation"))
    refused = client.post("/m/finance/reconciliation/ask", {"provider": "wepay", "first": "2099-01-01", "last": yesterday})
    assert refused.status_code == 422
    assert 'value="2099-01-01"' in body(refused)
    assert client.post("/m/finance/reconciliation/ask", {"provider": "moon", "first": yesterday, "last": yesterday}).status_code == 422


def test_the_platform_looks_into_what_belongs_to_nobody(client: Any, house: Any, operator: people.Person, clerk: people.Person, shop: people.Person, run: str) -> None:
    assert "R-9" not in body(enter(client, house, shop).get("/m/finance/reconciliation"))
    assert enter(client, house, clerk).get("/m/finance/reconciliation").status_code == 403
    page = body(enter(client, house, operator).get("/p/reconciliation"))
    assert "R-9" in page
    about = page.split('name="difference" value="')[1].split('"')[0]
    assert client.post("/p/reconciliation/close", {"difference": about, "note": "别的平台的账"}).status_code == 302
    assert "别的平台的账" in body(client.get("/p/reconciliation"))
    assert reconcile.MOST_DAYS == 31


@pytest.mark.parametrize("path", ["/m/finance/reconciliation", "run", "/p/reconciliation"])
def test_every_page_is_sound_on_a_phone_in_the_dark_and_on_a_desk_in_english(page: Any, site: str, shop: people.Person, operator: people.Person, run: str, path: str) -> None:
    path = f"/m/finance/reconciliation/{run}" if path == "run" else path
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")
    walk_in(page, site, (operator if path.startswith("/p") else shop).email, path)
    assert look(page, touch=True) == []
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}{path}?lang=en")
    assert look(page, touch=False) == []

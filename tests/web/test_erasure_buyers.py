"""The platform's page of buyers' data: found, shown with what must stay and until when, asked by one and confirmed by another, copied and fetched (ST-10)."""

from __future__ import annotations

import html
import io
import zipfile
from datetime import timedelta

import pytest

from amends.engine import people
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.web.conftest import PASSWORD, enter

PAGE = "/p/erasure/buyers"


def text(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture(scope="module")
def second(house, operator) -> people.Person:
    """A colleague at the platform who holds the permission too."""
    made = people.make_person(house.pool, people.By(operator.actor()), "helan@platform.test", "贺兰", house.clock.now(), password=PASSWORD)
    assert isinstance(made, people.Person), made
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("insert into grants (id, person_id, permission) values (%s, %s, 'erase_personal_data')", (new_id(), made.id))
    return made


@pytest.fixture(scope="module")
def buyer(house, shop) -> str:
    """Somebody with one order of long ago and one of yesterday."""
    now, name = house.clock.now(), f"b{new_id()[-8:]}"
    with scope(house.pool, PLATFORM) as conn:
        for days in (1, 1200):
            at = now - timedelta(days=days)
            conn.execute(
                "insert into orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, receiver, phone, city, detail, placed_at, completed_at) values (%s, %s, %s, 'completed', %s, 'SOP', 'CNY', '孙晓晓', '13655556666', '苏州市', '平江路 8 号', %s, %s)",
                (shop.merchant_id, new_id(), f"N{days}-{name}", name, at, at),
            )
    return name


def test_only_who_holds_the_permission_sees_it(client, house, shop, operator):
    assert enter(client, house, shop).get(PAGE).status_code == 403
    assert enter(client, house, operator).get(PAGE).status_code == 200


def test_one_asks_another_confirms_and_what_must_stay_says_until_when(client, house, shop, operator, second, buyer):
    enter(client, house, operator)
    for nobody in ("nobody", "no\x00body"):
        assert "没有这样的客户" in text(client.get(PAGE, {"find": nobody, "merchant": shop.merchant_id, "buyer": nobody}))
    found = text(client.get(PAGE, {"find": "13655556666"}))
    assert buyer in found
    assert "孙晓晓" not in found, "masked on lists"
    kept = {"find": buyer, "merchant": shop.merchant_id, "buyer": buyer}
    shown = text(client.get(PAGE, kept))
    assert "还在法定保存期内" in shown
    assert "可以立即清除" in shown
    wrong = client.post(f"{PAGE}/ask", {**kept, "why": "buyer_asked", "reference": f"客户 {buyer}"})
    assert wrong.status_code == 422
    assert "只写工单号" in text(wrong).split('class="wrong"')[1]
    once = new_id()
    for _ in range(2):
        assert client.post(f"{PAGE}/ask", {**kept, "why": "buyer_asked", "reference": "T-9", "once": once}).headers["Location"] == f"{PAGE}?done=asked"
    ident = one(house, "select id::text from buyer_erasures where buyer_id = %s", buyer)
    assert "等另一位同事确认" in text(client.get(PAGE))
    own = client.post(f"{PAGE}/confirm", {"id": ident})
    assert (own.status_code, "要由另一个人确认" in text(own)) == (409, True)
    enter(client, house, second)
    assert client.post(f"{PAGE}/confirm", {"id": ident}).headers["Location"] == f"{PAGE}?done=confirmed"
    listed = text(client.get(PAGE))
    assert "已清除 1 项" in listed
    assert f"N1-{buyer}：还在法定保存期内" in listed
    assert one(house, "select receiver from orders where number = %s", f"N1200-{buyer}") is None
    assert one(house, "select receiver from orders where number = %s", f"N1-{buyer}") == "孙晓晓"
    assert "副本" not in [h.split("<")[0] for h in listed.split("<h2>")], "copies need a permission of their own"
    assert client.post(f"{PAGE}/copy", kept).status_code == 403
    assert client.post(f"{PAGE}/withdraw", {"id": ident}).headers["Location"] == f"{PAGE}?done=withdrawn"


def test_a_copy_is_made_and_fetched(client, house, shop, operator, buyer):
    enter(client, house, operator)
    kept = {"merchant": shop.merchant_id, "buyer": buyer}
    assert client.post(f"{PAGE}/copy", {**kept, "why": "buyer_asked", "language": "en"}).headers["Location"] == f"{PAGE}?done=copied"
    ident = one(house, "select id::text from buyer_exports where buyer_id = %s", buyer)
    answer = client.get(f"/p/erasure/copies/{ident}.zip")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "application/zip", "no-store")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "孙晓晓" in archive.read("index.html").decode()
    assert "已下载 1 次" in text(client.get(PAGE))
    assert client.get(f"/p/erasure/copies/{new_id()}.zip").status_code == 409


def test_without_a_second_person_it_begins_at_once(client, house, shop, operator, buyer):
    enter(client, house, operator)
    assert client.post("/p/erasure/settings", {"days": "1096"}).status_code == 302
    client.post(f"{PAGE}/ask", {"merchant": shop.merchant_id, "buyer": buyer, "why": "account_closed"})
    assert one(house, "select state from buyer_erasures where buyer_id = %s and why = 'account_closed'", buyer) == "running"
    client.post("/p/erasure/settings", {"days": "1096", "second_person": "1"})


def one(house, query: str, *values):
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute(query, values).fetchone()[0]

"""The way in for buyers: the signed link, the phone proof, and that nobody sees another's things (UI-4)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from amends.engine import buyers
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import open_shop


@pytest.fixture
def world(house: Any) -> SimpleNamespace:
    """A shop, an order of buyer-lin's, and one of buyer-su's at the same shop."""
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("delete from phone_proofs")
    lin, su = shop.order(("CUP", 2, 25800), phone="13800138000"), shop.order(("MUG", 1, 9900), buyer_id="buyer-su", phone="13900139000", receiver="苏苏")
    numbers = dict(shop.all("select id::text, number from orders where merchant_id = %s", shop.merchant))
    return SimpleNamespace(shop=shop, lin=lin, su=su, lin_number=numbers[lin], su_number=numbers[su])


def let_in(client: Any, house: Any, merchant: str, buyer: str = "buyer-lin", name: str = "小林") -> Any:
    """The client, come in by a link of the shop's."""
    token = buyers.make_link(house, merchant, buyer, house.clock.now(), name=name)
    answer = client.get(f"/b/in/{token}")
    assert (answer.status_code, answer["Location"]) == (302, "/b/")
    return client


def test_a_link_lets_in_and_the_cookie_is_kept_from_scripts(client, house, world):
    let_in(client, house, world.shop.merchant)
    cookie = client.cookies["amends_buyer"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    text = client.get("/b/").content.decode()
    assert world.lin_number in text
    assert world.su_number not in text


def test_a_link_can_name_the_order_it_opens(client, house, world):
    token = buyers.make_link(house, world.shop.merchant, "buyer-lin", house.clock.now())
    assert client.get(f"/b/in/{token}?order={world.lin_number}")["Location"] == f"/b/orders/{world.lin_number}"
    assert client.get(f"/b/in/{token}?order=//evil.test/")["Location"] == "/b/"


@pytest.mark.parametrize("spoil", [lambda t: t[:-2] + "AA", lambda t: "x" + t, lambda t: t.split(".")[0], lambda t: "."])
def test_an_altered_link_is_refused_and_says_what_to_do(client, house, world, spoil):
    answer = client.get(f"/b/in/{spoil(buyers.make_link(house, world.shop.merchant, 'buyer-lin', house.clock.now()))}")
    assert answer.status_code == 403
    assert "这个链接已过期或不完整" in answer.content.decode()
    assert "amends_buyer" not in client.cookies


def test_an_expired_link_is_refused(client, house, world):
    token = buyers.make_link(house, world.shop.merchant, "buyer-lin", house.clock.now() - timedelta(days=8))
    assert client.get(f"/b/in/{token}").status_code == 403


def test_without_a_link_the_pages_ask_for_order_and_phone(client, world):
    for path in ("/b/", f"/b/orders/{world.lin_number}", "/b/cases/S-2026-000001", f"/b/orders/{world.lin_number}/apply/what"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/b/find")
    assert client.post("/b/cases/S-2026-000001/withdraw").status_code == 401


def test_order_number_and_phone_open_the_order(client, world):
    answer = client.post("/b/find", {"number": f" {world.lin_number} ", "phone": "138 0013 8000", "receiver": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"/b/orders/{world.lin_number}")
    assert world.lin_number in client.get(answer["Location"]).content.decode()


def test_a_wrong_phone_and_an_unknown_order_answer_alike_and_keep_what_was_typed(client, world):
    said = []
    for number in (world.lin_number, "O-none"):
        answer = client.post("/b/find", {"number": number, "phone": "13911112222", "receiver": "林小满"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert 'value="13911112222"' in text
        assert 'value="林小满"' in text
        said.append(text.replace(number, "N").split('role="alert"')[1].split("</div>")[0])
    assert said[0] == said[1]
    assert "amends_buyer" not in client.cookies


def test_too_many_tries_wait(client, world):
    codes = [client.post("/b/find", {"number": world.lin_number, "phone": "13911112222"}).status_code for _ in range(5)]
    assert codes == [422, 422, 422, 422, 429]
    answer = client.post("/b/find", {"number": world.lin_number, "phone": "13800138000"})
    assert answer.status_code == 429
    assert "秒后再试" in answer.content.decode()


def test_another_buyers_order_and_case_are_not_there(client, house, world):
    world.shop.now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update orders set buyer_id = 'buyer-lin' where id = %s", (world.su,))
    case = world.shop.apply(world.su)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update orders set buyer_id = 'buyer-su' where id = %s", (world.su,))
        conn.execute("update cases set buyer_id = 'buyer-su' where id = %s", (case,))
    number = world.shop.row(case, "number")[0]
    let_in(client, house, world.shop.merchant)
    for path in (f"/b/orders/{world.su_number}", f"/b/orders/{world.su_number}/apply/what", f"/b/cases/{number}", f"/b/cases/{number}/withdraw", f"/b/cases/{number}/say"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/b/cases/{number}/withdraw", {"command_id": new_id()}).status_code == 404
    assert client.post(f"/b/orders/{world.su_number}/apply/what", {}).status_code == 404
    let_in(client, house, world.shop.merchant, "buyer-su")
    assert client.get(f"/b/cases/{number}").status_code == 200


def test_the_same_buyer_id_at_another_shop_is_somebody_else(client, house, world):
    other = open_shop(house.pool, name="别家")
    let_in(client, house, other.merchant)
    assert client.get(f"/b/orders/{world.lin_number}").status_code == 404


def test_leaving_forgets(client, house, world):
    let_in(client, house, world.shop.merchant)
    assert client.post("/b/leave").status_code == 302
    assert client.get("/b/")["Location"] == "/b/find"

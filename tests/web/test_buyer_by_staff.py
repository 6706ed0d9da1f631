"""Staff apply for a buyer (SO-4): with the permission, against the rules only with a reason, the buyer's data covered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.web.buyer_cast import form_of, picture, text, world

__all__ = ["world"]


def staff_of(house: Any, shop: Any, permissions: list[str]) -> Any:
    """Somebody of this merchant with these permissions, signed in."""
    from django.test import Client

    from amends.engine import people
    from tests.web.conftest import PASSWORD, enter

    email = f"{new_id()}@qinghe.test"
    with scope(house.pool, PLATFORM) as conn:
        known = conn.execute("select 1 from people where merchant_id = %s and main_account", (shop.merchant,)).fetchone()
    assert known is None
    made = people.make_person(house.pool, people.By(shop.hai), email, "阿海", house.clock.now(), password=PASSWORD)
    assert isinstance(made, people.Person), made
    with scope(house.pool, PLATFORM) as conn:
        for permission in permissions:
            conn.execute("insert into grants (id, merchant_id, person_id, permission) values (%s, %s, %s, %s)", (new_id(), shop.merchant, made.id, permission))
    return enter(Client(**{"amends.house": house}), house, made)


def test_staff_apply_for_the_buyer_and_need_the_permission(world):
    w = world
    assert staff_of(w.house, w.shop, ["read"]).get(f"/m/orders/{w.number}/apply").status_code == 403
    desk, start = staff_of(w.house, w.shop, ["speak_for_buyer", "read"]), f"/m/orders/{w.number}/apply/"
    assert start[:-1] in text(desk.get(f"/m/orders/{w.order}"))
    assert "代客户 林" in text(desk.get(start[:-1]))
    assert "林小满" not in text(desk.get(start[:-1]))
    desk.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    desk.post(start + "why", {f"reason-{w.cup}": "no_reason"})
    how = desk.get(start + "how")
    assert "越过售后规则" not in text(how)
    sent = desk.post(start + "how", {**form_of(how, "step"), "return_way": "ship_back", "override_reason": "不该有用"})
    case = w.shop.all("select id::text, buyer_id, facts->>'by_staff', facts->>'override_reason' from cases where order_id = %s", w.order)[0]
    assert sent["Location"] == f"/m/cases/{case[0]}"
    assert case[1:] == ("buyer-lin", "阿海", "")
    assert w.client.get("/b/").content.decode().count("等商家审核") == 1


def test_staff_with_the_permission_go_against_the_rules_with_a_reason(world):
    w = world
    long_ago = w.shop.now - timedelta(days=30)
    order = w.shop.order(("CUP", 1, 12900), receipt_confirmed_at=long_ago, delivered_at=long_ago)
    number, line = w.shop.all("select number from orders where id = %s", order)[0][0], w.shop.lines[order][0]
    start = f"/m/orders/{number}/apply/"
    plain = staff_of(w.house, w.shop, ["speak_for_buyer", "read"])
    assert plain.post(start + "what", {f"type-{line}": "return", f"quantity-{line}": "1"}).status_code == 422
    may = staff_of(w.house, w.shop, ["speak_for_buyer", "eligibility_override", "read"])
    assert may.post(start + "what", {f"type-{line}": "return", f"quantity-{line}": "1"}).status_code == 302
    assert may.post(start + "why", {f"reason-{line}": "no_reason"}).status_code == 302
    hidden = form_of(may.get(start + "how"), "step")
    bare = may.post(start + "how", {**hidden, "return_way": "ship_back"})
    assert bare.status_code == 422
    sent = may.post(start + "how", {**hidden, "return_way": "ship_back", "override_reason": "老客户，主管同意"})
    assert sent.status_code == 302, text(sent)
    assert w.shop.all("select facts->>'override_reason' from cases where order_id = %s", order)[0][0] == "老客户，主管同意"


def test_staff_do_not_see_the_buyers_address_and_goods_go_there_all_the_same(world):
    w, start = world, f"/m/orders/{world.number}/apply/"
    desk = staff_of(w.house, w.shop, ["speak_for_buyer", "read"])
    desk.post(start + "what", {f"type-{w.cup}": "exchange", f"quantity-{w.cup}": "1"})
    desk.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "裂了", f"photos-{w.cup}": picture()})
    photo = re.search(r'src="(/files/[0-9a-f-]+)"', desk.get(start + "why").content.decode())[1]
    assert desk.get(photo)["Content-Type"] == "image/jpeg"
    how = desk.get(start + "how")
    assert "银河大街" not in text(how)
    assert "13800000000" not in text(how)
    assert desk.post(start + "how", {**form_of(how, "step"), "return_way": "ship_back", "replacement_address": ""}).status_code == 302
    assert "银河大街 1 号" in w.shop.all("select facts->>'replacement_address' from cases where order_id = %s", w.order)[0][0]

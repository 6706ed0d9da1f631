"""Work on orders, the buyer's change and urge, over HTTP (OR-7 … OR-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.engine.ids import new_id
from tests.engine.order_shop import fresh, goods_of, sell, stands

AT = "/api/v1/orders"


@pytest.fixture
def order(api):
    """An order in preparation, and goods on sale."""
    for sku, price in (("CUP", 6000), ("MUG", 4000), ("LAMP", 10000)):
        sell(api.shop, sku, price)
    return fresh(api.shop)


def code(got):
    return got.status, got.json and got.json.get("code")


def test_remark_steps_receiver_and_shipment(api, order):
    got = api.call("POST", f"{AT}/{order}/remark", {"remarks": "加急", "flag": "red"})
    assert (got.status, got.json["flag"], got.json["remarks"], got.json["changed"]) == (200, "red", "加急", True)
    assert got.headers["etag"] == f'"{got.json["version"]}"'
    assert api.call("POST", f"{AT}/{order}/remark", {"flag": "none"}).json["flag"] is None
    assert api.call("POST", f"{AT}/{order}/mark", {"step": "printed"}).json["sub_state"] == "printed"
    assert api.call("POST", f"{AT}/{order}/receiver", {"receiver": "周小满"}).json["changed"] is True
    far = api.call("POST", f"{AT}/{order}/receiver", {"city": "石家庄市", "district": "长安区"})
    assert code(far) == (422, "receiver_other_city")
    shipped = api.call("POST", f"{AT}/{order}/ship", {"carrier": "顺丰", "waybill": f"A{order[-8:]}"})
    assert (shipped.status, shipped.json["state"]) == (200, "shipped")
    assert api.call("POST", f"{AT}/{order}/ship", {"carrier": "顺丰", "waybill": f"A{order[-8:]}"}).json["changed"] is False
    rows = api.call("GET", f"{AT}/{order}/changes").json["items"]
    assert [r["what"] for r in rows] == ["shipped", "receiver_changed", "marked", "remarked", "remarked"]
    assert "周小满" not in str(rows)
    seen = api.call("GET", f"{AT}/{order}").json
    assert (seen["flag"], seen["parcel_count"], seen["balance_due_at"]) == (None, None, None)


def test_many_leave_and_each_has_its_own_result(api, order):
    other, gone = fresh(api.shop), fresh(api.shop, state="cancelled")
    items = [{"id": i, "carrier": "顺丰", "waybill": f"B{i[-8:]}"} for i in (order, other, gone, new_id())]
    got = api.call("POST", f"{AT}/batch/ship", {"items": items}).json
    assert (got["done"], got["refused"]) == (2, 2)
    assert [(r["status"], r["problem"] and r["problem"]["code"]) for r in got["results"]] == [(200, None), (200, None), (409, "order_cancelled"), (404, "order_unknown")]


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [3]}, {"items": [{"id": "x"}]}, {"items": [], "x": 1}], ids=["nothing", "none", "no-object", "no-id", "odd"])
def test_bodies_that_are_none(api, body):
    assert api.call("POST", f"{AT}/batch/ship", body).status == 422


def test_a_shop_s_own_page_changes_an_order(api, order):
    buyer, cup = api.buyer(), api.shop.lines[order][0]
    begun = api.call("POST", f"{AT}/{order}/change", as_=buyer).json
    assert api.call("POST", f"{AT}/{order}/change", as_=buyer).json == begun
    assert code(api.call("POST", f"{AT}/{order}/mark", {"step": "printed"})) == (409, "order_locked")
    wish = {"change": begun["change"], "lines": [{"line_id": cup, "quantity": 1}], "added": [{"sku": "MUG", "quantity": 1}]}
    looked = api.call("POST", f"{AT}/{order}/change/look", wish, as_=buyer).json
    assert (looked["before"]["amount"], looked["total"]["amount"], looked["back"]["amount"]) == (16000, 14000, 2000)
    assert [(x["sku"], x["quantity"], x["change"]) for x in looked["lines"]] == [("CUP", 1, "changed"), ("MUG", 1, "same"), ("MUG", 1, "added")]
    once = new_id()
    saved = api.call("POST", f"{AT}/{order}/change/save", {**wish, "seen": looked["seen"], "receiver": "周小满", "invoice_kind": "personal", "invoice_title": "周小满"}, as_=buyer, once=once)
    assert (saved.status, saved.json["back"]["amount"]) == (200, 2000)
    again = api.call("POST", f"{AT}/{order}/change/save", {**wish, "seen": looked["seen"], "receiver": "周小满", "invoice_kind": "personal", "invoice_title": "周小满"}, as_=buyer, once=once)
    assert (again.json, again.headers["idempotency-replayed"]) == (saved.json, "true")
    assert [row[:2] for row in goods_of(api.shop, order)] == [("CUP", 1), ("MUG", 1), ("MUG", 1)]
    assert stands(api.shop, order, "state, receiver, refunded_minor") == ("preparing", "周小满", 2000)


def test_a_change_is_refused_and_given_up_with_words(api, order):
    buyer = api.buyer()
    change = api.call("POST", f"{AT}/{order}/change", as_=buyer).json["change"]
    dearer = api.call("POST", f"{AT}/{order}/change/look", {"change": change, "added": [{"sku": "LAMP", "quantity": 2}]}, as_=buyer)
    assert code(dearer) == (422, "change_dearer")
    odd = api.call("POST", f"{AT}/{order}/change/look", {"change": change, "lines": [{"line_id": "x", "quantity": -1}], "added": 3}, as_=buyer)
    assert {e["field"] for e in odd.json["errors"]} == {"lines[0].line_id", "lines[0].quantity", "added"}
    assert code(api.call("POST", f"{AT}/{order}/change/save", {"change": change, "seen": "x"}, as_=buyer)) == (409, "change_overtaken")
    assert code(api.call("POST", f"{AT}/{order}/change", as_=api.buyer("somebody"))) == (404, "order_unknown")
    assert api.call("POST", f"{AT}/{order}/change/give_up", {"change": change}).status == 200
    assert code(api.call("POST", f"{AT}/{order}/change/look", {"change": change}, as_=buyer)) == (409, "change_over")


def test_urges_are_said_listed_and_answered(api, order):
    once = new_id()
    said = api.call("POST", f"{AT}/{order}/urge", {"words": "快点"}, as_=api.buyer(), once=once)
    assert said.status == 200
    assert api.call("POST", f"{AT}/{order}/urge", {"words": "快点"}, as_=api.buyer(), once=once).json == said.json
    too_soon = api.call("POST", f"{AT}/{order}/urge", {}, as_=api.buyer())
    assert code(too_soon) == (409, "urge_too_soon")
    waiting = api.call("GET", "/api/v1/urges?limit=1").json
    assert waiting["items"][0]["id"] == said.json["id"]
    answered = api.call("POST", f"/api/v1/urges/{said.json['id']}/answer", {"words": "今天发出"})
    assert (answered.status, answered.json["order_id"]) == (200, order)
    assert code(api.call("POST", f"/api/v1/urges/{new_id()}/answer", {"words": "x"})) == (404, "not_there")
    assert [u["answer"] for u in api.call("GET", "/api/v1/urges?answered=true").json["items"]] == ["今天发出"]
    assert api.call("GET", "/api/v1/urges?answered=maybe").status == 422


@pytest.mark.parametrize(("path", "body", "needs"), [
    ("remark", {"flag": "red"}, "manage_orders"), ("mark", {"step": "printed"}, "manage_orders"), ("ship", {"carrier": "a", "waybill": "b"}, "ship_orders"),
    ("receiver", {"detail": "x"}, "manage_orders"), ("change", None, "speak_for_buyer"), ("urge", {}, "speak_for_buyer"),
], ids=lambda v: v if isinstance(v, str) else "")
def test_every_act_names_the_permission_it_needs(api, order, path, body, needs):
    refused = api.call("POST", f"{AT}/{order}/{path}", body, key=api.key_with("read"))
    assert refused.status == 403
    assert refused.json["code"] == "permission_missing"
    assert stands(api.shop, order, "state")[0] == "preparing"
    assert api.call("POST", f"{AT}/{order}/{path}", body, key=api.key_with("read", needs)).status == 200


@pytest.mark.parametrize("path", ["remark", "mark", "ship", "receiver", "change", "urge"])
def test_an_order_that_is_not_there(api, path):
    bodies = {"remark": {"flag": "red"}, "mark": {"step": "printed"}, "ship": {"carrier": "a", "waybill": "b"}, "receiver": {"detail": "x"}, "urge": {}}
    assert api.call("POST", f"{AT}/{new_id()}/{path}", bodies.get(path)).status == 404


def test_a_change_left_open_ends(api, order):
    from amends.engine.order_changes import end_abandoned

    api.call("POST", f"{AT}/{order}/change", as_=api.buyer())
    assert end_abandoned(api.shop.pool, api.shop.now + timedelta(hours=2)) >= 1
    assert stands(api.shop, order, "state")[0] == "preparing"

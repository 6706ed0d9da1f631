"""Compensation and coupons over HTTP: given, decided, asked for, claimed, told to the shop (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

import jsonschema
import pytest

from amends.api import openapi
from amends.core.verbs import buyer as b
from amends.core.verbs import review as v
from amends.engine.ids import new_id
from amends.engine.photos import take_photo
from amends.store.connect import PLATFORM, scope
from tests.engine.test_photos import picture
from tests.shop import LIN

LIST = "/api/v1/compensations"
DOCUMENT = openapi.document()


def fits(answer, name):
    """The answer is as the document says."""
    jsonschema.validate(answer, {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})
    return answer


def give(api, order, **more):
    return api.call("POST", LIST, {"order_id": order, "amount": 1500, "reason": "long_wait", **more})


def test_goodwill_is_given_read_and_listed(api):
    order = api.shop.order(("CUP", 1, 19900))
    got = give(api, order, words="等了三天")
    assert got.status == 200, got.json
    fits(got.json, "Compensation")
    assert (got.json["kind"], got.json["state"], got.json["amount"], got.json["currency"], got.json["words"]) == ("goodwill", "granted", 1500, "CNY", "等了三天")
    assert got.json["explanation"]["rule"] == "CO-3"
    assert api.call("GET", f"{LIST}/{got.json['id']}").json == got.json
    page = fits(api.call("GET", f"{LIST}?order_id={order}&compensation_kind=goodwill").json, "CompensationPage")
    assert [k["id"] for k in page["items"]] == [got.json["id"]]
    assert api.call("GET", f"{LIST}?order_id={order}&compensation_state=refused").json["items"] == []
    assert api.call("GET", f"{LIST}?compensation_kind=gift").json["code"] == "parameter_wrong"
    assert api.call("GET", f"{LIST}/{new_id()}").status == 404


def test_pages_follow_each_other(api):
    order = api.shop.order(("CUP", 1, 19900))
    made = {give(api, order, amount=100 + n).json["id"] for n in range(3)}
    first = api.call("GET", f"{LIST}?order_id={order}&limit=2").json
    rest = api.call("GET", f"{LIST}?order_id={order}&limit=2&cursor={first['next']}").json
    assert {k["id"] for k in first["items"] + rest["items"]} == made
    assert rest["next"] is None


def test_the_same_key_gives_once(api):
    order, once = api.shop.order(("CUP", 1, 19900)), new_id()
    body = {"order_id": order, "amount": 300, "reason": "long_wait"}
    first, again = (api.call("POST", LIST, body, once=once) for _ in range(2))
    assert first.json["id"] == again.json["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert api.call("POST", LIST, body | {"amount": 301}, once=once).status == 422


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amount": 0}, "goodwill_nothing"), ({"amount": "15"}, "wrong_kind"), ({"reason": "because"}, "not_a_choice"), ({"reason": "other"}, "words_missing"), ({"order_id": new_id()}, "order_unknown"),
        ({"medium": "coupon", "minimum": 100}, "coupon_minimum_wrong"), ({"colour": "red"}, "field_unknown"),
    ],
    ids=["nothing", "text", "reason", "words", "order", "minimum", "field"],
)
def test_what_is_wrong_is_said_in_both_languages(api, body, code):
    order = api.shop.order(("CUP", 1, 19900))
    got = api.call("POST", LIST, {"order_id": order, "amount": 1500, "reason": "long_wait"} | body)
    assert got.json["code"] == code, got.json
    assert got.status in (404, 422)
    english = api.call("POST", LIST, {"order_id": order, "amount": 1500, "reason": "long_wait"} | body, headers={"Accept-Language": "en"})
    assert english.json["detail"] != got.json["detail"]


def test_a_coupon_is_told_to_the_shop_and_used_once(api):
    order, next_order = api.shop.order(("CUP", 1, 19900)), api.shop.order(("CUP", 1, 9900))
    code = give(api, order, medium="coupon", amount=1000, minimum=5000).json["coupon"]
    coupon = fits(api.call("GET", f"/api/v1/coupons/{code}").json, "Coupon")
    assert (coupon["amount"], coupon["minimum"], coupon["buyer_id"], coupon["used_at"]) == ({"amount": 1000, "currency": "CNY"}, {"amount": 5000, "currency": "CNY"}, "buyer-lin", None)
    assert code in [c["code"] for c in fits(api.call("GET", "/api/v1/coupons?buyer_id=buyer-lin").json, "CouponPage")["items"]]
    used = api.call("POST", f"/api/v1/coupons/{code}/use", {"order_id": next_order})
    assert used.json["used_for"] == next_order
    assert api.call("POST", f"/api/v1/coupons/{code}/use", {"order_id": next_order}).json == used.json
    assert api.call("POST", f"/api/v1/coupons/{code}/use", {"order_id": order}).json["code"] == "coupon_used"
    assert api.call("GET", "/api/v1/coupons/NOTHING").status == 404


def test_price_protection_is_shown_asked_for_and_decided(api):
    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, 'TEA', 'TEA', 8000)", (api.shop.merchant,))
    order = api.shop.order(("TEA", 2, 20000), ("NUT", 1, 5000))
    address = f"/api/v1/orders/{order}/price-protection"
    offer = fits(api.call("GET", address).json, "PriceOffer")
    assert [(line["difference"], line["blocked"]) for line in offer["lines"]] == [(4000, None), (0, "price_unknown")]
    asked = api.call("POST", address, {}, as_=api.buyer())
    assert asked.status == 200, asked.json
    (k,) = fits(asked.json, "CompensationsAsked")["items"]
    assert (k["state"], k["asked"], k["asked_by"]) == ("asked", 4000, "buyer-lin")
    assert api.call("GET", address).json["lines"][0]["waiting"] == k["number"]
    decide = f"{LIST}/{k['id']}/decide"
    assert api.call("POST", decide, {"grant": False}).json["code"] == "refusal_words_missing"
    assert api.call("POST", decide, {"grant": True, "amount": 4001}).json["code"] == "compensation_above"
    done = api.call("POST", decide, {"grant": True, "amount": 3000, "words": "已核对"})
    assert (done.json["state"], done.json["amount"]) == ("granted", 3000)
    assert api.call("POST", decide, {"grant": True}).json["code"] == "compensation_decided"
    assert api.call("POST", address, {}, as_="buyer/somebody").status == 404
    assert api.call("GET", f"/api/v1/orders/{new_id()}/price-protection").status == 404


def test_return_freight_is_claimed_for_the_buyer(api):
    shop = api.shop
    photos = [str(take_photo(shop.pool, shop.merchant, picture("PNG", (40 + n, 40)), "buyer-lin", shop.now)) for n in range(2)]
    case = shop.apply(shop.order(("CUP", 1, 19900)), reason="wrong_goods", photos=[photos[0]])
    body = {"case_id": case, "amount": 1800, "photos": [photos[1]], "words": "顺丰"}
    assert api.call("POST", f"{LIST}/return-freight", body, as_=api.buyer()).json["code"] == "freight_not_sent"
    shop.say(case, v.ApproveReturn())
    shop.say(case, b.ShipBack("顺丰", f"SF{case[-6:]}"), LIN)
    assert api.call("POST", f"{LIST}/return-freight", body | {"photos": []}, as_=api.buyer()).json["code"] == "freight_receipt_missing"
    got = api.call("POST", f"{LIST}/return-freight", body, as_=api.buyer())
    assert (got.json["state"], got.json["asked"], got.json["case_id"]) == ("asked", 1800, case), got.json
    assert api.call("POST", f"{LIST}/return-freight", body, as_=api.buyer()).json["code"] == "compensation_asked"


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("POST", LIST, {"order_id": new_id(), "amount": 1, "reason": "x"}, "give_goodwill"), ("POST", f"{LIST}/{new_id()}/decide", {"grant": True}, "decide_compensation"),
        ("POST", f"/api/v1/orders/{new_id()}/price-protection", {}, "speak_for_buyer"), ("POST", "/api/v1/coupons/X/use", {"order_id": new_id()}, "import_orders"), ("GET", LIST, None, "read"),
    ],
    ids=["give", "decide", "price", "coupon", "read"],
)
def test_a_key_without_the_permission_is_told_which(api, method, path, body, permission):
    got = api.call(method, path, body, key=api.key_with("manage_stock"))
    assert got.status == 403
    assert permission in got.json["detail"]

"""Coupons told by the shop: kept once, updated, refused with words, used on an order and taken off it (DE-5)."""

from __future__ import annotations

import pytest

from amends.core.order_change import Wish
from amends.engine.ids import new_id
from tests.engine.order_shop import change, fresh, sell

AT = "/api/v1/coupons"


def coupon(code: str, **more):
    return {"code": code, "buyer_id": "buyer-lin", "kind": "open", "amount": 500, "currency": "CNY", **more}


def tell(api, *coupons):
    got = api.call("POST", AT, {"coupons": list(coupons)})
    assert got.status == 200, got.raw
    return [r["status"] for r in got.json["results"]]


def test_told_again_they_are_the_same_or_changed(api):
    code = f"C{new_id()[-8:]}"
    assert tell(api, coupon(code), coupon(f"{code}-M", kind="minimum", minimum=9900)) == ["new", "new"]
    assert tell(api, coupon(code), coupon(f"{code}-M", kind="minimum", minimum=8800)) == ["same", "changed"]
    assert api.shop.all("select minimum_minor from coupons where code = %s", f"{code}-M") == [(8800,)]


@pytest.mark.parametrize(("more", "code"), [
    ({"amount": 0}, "coupon_figures"), ({"kind": "minimum"}, "coupon_figures"), ({"minimum": 5}, "coupon_figures"), ({"order_number": "nobody's"}, "order_unknown"),
    ({"valid_from": "2026-03-02T00:00:00Z", "valid_until": "2026-03-01T00:00:00Z"}, "coupon_dates"),
], ids=["nothing-off", "no-minimum-named", "minimum-of-an-open-one", "no-such-order", "ends-before-it-begins"])
def test_one_that_is_wrong_stops_no_other(api, more, code):
    good = f"G{new_id()[-8:]}"
    got = api.call("POST", AT, {"coupons": [coupon(good), coupon(f"{good}-X", **more), coupon(good)]}).json
    assert [r["status"] for r in got["results"]] == ["new", "refused", "refused"]
    assert [r["errors"][0]["code"] for r in got["results"][1:]] == [code, "coupon_twice"]


@pytest.mark.parametrize("body", [{}, {"coupons": []}, {"coupons": [3]}, {"coupons": [{"code": "x"}]}, {"coupons": [coupon("x", currency="yuan")]}, {"coupons": [coupon("x")], "y": 1}],
                         ids=["nothing", "none", "no-object", "half", "no-currency", "odd"])
def test_bodies_that_are_none(api, body):
    assert api.call("POST", AT, body).status == 422


def test_one_that_is_used_can_be_taken_off_by_changing_the_order_only(api):
    sell(api.shop, "CUP", 6000)
    order = fresh(api.shop, state="pending_payment")
    number = api.shop.all("select number from orders where id = %s", order)[0][0]
    code = f"U{new_id()[-8:]}"
    assert tell(api, coupon(code, order_number=number)) == ["new"]
    assert tell(api, coupon(code, order_number=number)) == ["same"]
    assert tell(api, coupon(code)) == ["refused"]
    assert tell(api, coupon(code, order_number=number, amount=900)) == ["refused"]
    assert change(api.shop, order, Wish(coupons=())).total == 16000
    assert tell(api, coupon(code, amount=900)) == ["changed"]
    assert api.call("POST", AT, {"coupons": [coupon(code)]}, key=api.key_with("read")).status == 403

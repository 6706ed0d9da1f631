"""What is said of the goods, over HTTP: one of two codes or nothing (SO-1)."""

from typing import Any

import pytest

from tests.api.caller import Api


def ask(api: Api, said: Any) -> Any:
    order = api.shop.order(("CUP", 1, 9900), buyer_id="buyer-lin")
    item = {"line_id": api.shop.lines[order][0], "quantity": 1, "type": "return", "reason": "no_reason", "goods_state": said}
    return api.call("POST", "/api/v1/service-orders", {"order_id": order, "items": [item]}, as_=api.buyer())


@pytest.mark.parametrize("said", ["opened", "unopened", ""], ids=["opened", "unopened", "nothing"])
def test_what_is_said_is_kept_with_the_case(api: Api, said: str) -> None:
    got = ask(api, said)
    assert got.status in (200, 201), got.json
    assert api.call("GET", f"/api/v1/service-orders/{got.json['cases'][0]['id']}").json["facts"].get("goods_state", "") == said


def test_an_unknown_code_is_refused_with_its_field_and_the_choices(api: Api) -> None:
    got = ask(api, "sealed")
    assert got.status == 422
    [error] = got.json["errors"]
    assert (error["field"], error["code"]) == ("items[0].goods_state", "not_a_choice")

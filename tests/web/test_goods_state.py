"""The question whether goods were opened: asked on the form of returns and exchanges, kept when a step is refused, told on the case (SO-1)."""

from __future__ import annotations

import pytest

from tests.web.buyer_cast import apply_one, picture, text, world

__all__ = ["world"]


def said(w, number):
    return w.shop.all("select facts ->> 'goods_state' from cases where merchant_id = %s and number = %s", w.shop.merchant, number)[0][0]


def test_it_may_be_left_out_and_what_is_said_stands_on_the_case(world):
    assert said(world, apply_one(world)) is None
    number = apply_one(world, **{f"goods-{world.cup}": "unopened"})
    assert said(world, number) == "unopened"
    assert "未拆封" in text(world.client.get(f"/b/cases/{number}"))


def test_a_refused_step_keeps_the_answer_and_an_unknown_one_is_told(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "exchange", f"quantity-{w.cup}": "1"})
    bare = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "裂了", f"goods-{w.cup}": "opened"})
    assert bare.status_code == 422
    assert 'value="opened" checked' in text(bare)
    odd = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "裂了", f"goods-{w.cup}": "sealed", f"photos-{w.cup}": picture()})
    assert odd.status_code == 422
    assert "不清楚可以不填" in text(odd)
    on = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "裂了", f"goods-{w.cup}": "opened", f"photos-{w.cup}": picture()})
    assert on.status_code == 302
    assert "已拆封" in text(w.client.get(start + "how"))


@pytest.mark.parametrize("kind", ["repair", "reissue"])
def test_repairs_and_reissues_are_not_asked(world, kind):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": kind, f"quantity-{w.cup}": "1"})
    assert "商品拆封了吗" not in text(w.client.get(start + "why"))

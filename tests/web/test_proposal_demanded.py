"""A pack that demands a proposal before a refusal: switched on in the editor, released, told at the desk and over HTTP, in both languages (SO-28, PO-14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from amends.core.verbs.negotiation import DeclineProposal, Propose
from amends.engine import pack_releases, pack_start, packs
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.keys import Shown, make_key
from amends.engine.pack_releases import Meant
from tests.shop import LIN
from tests.web.buyer_cast import text
from tests.web.case_cast import leaking_cup, say, stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def demanding(client_of: Any, house: Any, shop: Any, operator: Any) -> Any:
    """The merchant's shop under a copy whose demand was switched on in the browser."""
    now, by = house.clock.now(), By(operator.actor())
    pack_start.sync(house.pool, now)
    goods = stock_shop(house, shop)
    ref = packs.copy(house.pool, by, "jd", 1, "先协商", "Talk first", new_id(), now)
    assert isinstance(ref, tuple), ref
    desk, address = client_of(operator), f"/p/packs/{ref[0]}/{ref[1]}/edit?part=negotiation"
    form = text(desk.get(address))
    assert "拒绝前必须先提方案" in form
    sent = dict(re.findall(r'name="([^"]+)"[^>]* value="([^"]*)"', form)) | {"negotiation.required_before_reject": "1", "negotiation.at_most": "2"}
    saved = desk.post(address, {k: v for k, v in sent.items() if k.startswith("negotiation") or k == "seen"})
    assert (saved.status_code, saved["Location"].endswith("done=saved")) == (302, True), text(saved)
    assert pack_releases.release(house.pool, by, ref, Meant(merchants=[goods.merchant]), "", "", now) is None
    return goods


@pytest.fixture(scope="module")
def client_of(house: Any) -> Any:
    return lambda person: enter(Client(**{"amends.house": house}), house, person)


def test_the_desk_says_why_and_takes_the_refusal_after_an_answer(demanding: Any, client_of: Any, shop: Any) -> None:
    case = leaking_cup(demanding, 1)
    desk = client_of(shop)
    refused = desk.post(f"/m/cases/{case}/do/reject", {"reason": "no_fault_found", "words": "发货正确", "version": "1"})
    assert refused.status_code == 409, text(refused)
    page = text(refused)
    assert "按规则拒绝前要先与客户协商" in page
    assert "发货正确" in page, "what was typed stays"
    say(demanding, case, Propose("repair", words="先修"))
    assert demanding.say(case, DeclineProposal(1, "不修"), LIN).refusal is None
    version = demanding.row(case, "version")[0]
    done = desk.post(f"/m/cases/{case}/do/reject", {"reason": "no_fault_found", "words": "发货正确", "version": str(version)})
    assert done.status_code == 303, text(done)
    assert demanding.row(case, "state") == ("rejected",)


def test_over_http_it_is_refused_with_what_to_do_instead(demanding: Any, house: Any, shop: Any) -> None:
    case = leaking_cup(demanding, 1)
    shown = make_key(house.pool, By(shop.actor()), "钥匙", ("read", "service_order.reject"), house.clock.now())
    assert isinstance(shown, Shown), shown
    answer = Client(**{"amends.house": house}).post(
        f"/api/v1/service-orders/{case}/reject", {"reason": "no_fault_found", "words": "发货正确"}, content_type="application/json",
        headers={"Authorization": f"Bearer {shown.key}", "Idempotency-Key": new_id(), "Accept-Language": "en"},
    )
    assert answer.status_code == 409, answer.content
    told = answer.json()
    assert told["code"] == "proposal_first"
    assert "propose something first" in told["detail"]

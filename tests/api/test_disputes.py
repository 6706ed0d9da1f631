"""Disputes over HTTP: ways, opening, filters, evidence up and down, commands off the table, and what each side may read of a judgement (DI-1, DI-5, DI-6, DI-6a)."""

import hashlib
from datetime import timedelta

import pytest

from amends.api import disputing
from amends.core.actor import ALL, Actor, Party
from amends.core.verbs.dispute import Adjudicate, FinishEvidence, StepIn
from amends.core.verbs.review import Reject
from amends.engine.ids import new_id
from tests.api.caller import make
from tests.engine.cancel_desk import unshipped
from tests.engine.test_evidence_files import MP4, paper
from tests.shop import LIN

LIST = "/api/v1/disputes"


def ask(api, order, *, once=None, as_=None, **more):
    body = {"order_id": order, "scenario": "goods_quality", "demand": "refund", "words": "杯盖漏水", **more}
    return api.call("POST", LIST, body, once=once, as_=api.buyer() if as_ is None else as_)


def refused(api):
    """A refused return: its order and its id."""
    order = api.shop.order(("CUP", 1, 13900))
    case = api.shop.apply(order)
    assert api.shop.say(case, Reject(reason="not_quality", words="无漏水")).refusal is None
    return order, case


def test_ways_say_what_can_be_disputed_and_opening_is_once(api):
    order, case = refused(api)
    ways = {w["kind"]: w for w in api.call("GET", f"/api/v1/orders/{order}/dispute-ways", as_=api.buyer()).json["items"]}
    assert set(ways) == {"order", "service_order"}
    assert (ways["service_order"]["id"], ways["service_order"]["refusal"], ways["service_order"]["most"]) == (case, None, 13900)
    waiting = api.shop.order(("CUP", 1, 13900))
    api.shop.apply(waiting)
    late = next(w for w in api.call("GET", f"/api/v1/orders/{waiting}/dispute-ways").json["items"] if w["kind"] == "service_order")
    assert late["refusal"]["code"] == "dispute_too_early"
    assert late["opens_at"]
    once = new_id()
    first, again = ask(api, order, case_id=case, once=once), ask(api, order, case_id=case, once=once)
    assert (first.status, first.raw, again.headers["idempotency-replayed"]) == (200, again.raw, "true")
    assert (first.json["number"][:7], first.json["state"], first.json["existing"]) == ("D-2026-", "awaiting_merchant", False)
    assert ask(api, order, case_id=case).json == first.json | {"existing": True}
    got = api.call("GET", f"{LIST}/{first.json['id']}").json
    assert (got["kind"], got["type"], got["facts"]["parent_id"], got["waits_on"]) == ("dispute", "goods_quality", case, "merchant")
    commands = {c["command"]: c["blocked"] for c in got["available_commands"]}
    assert commands["settle_by_refund"]["code"] == "plan_for_cancelling"
    assert commands["ask_for_judgement"] is None
    assert [c["command"] for c in api.call("GET", f"{LIST}/{first.json['id']}", as_=api.buyer()).json["available_commands"]] == ["add_evidence", "finish_evidence", "resume_evidence", "withdraw_dispute", "say"]


def test_who_may_open_and_what_is_wrong(api):
    order, _ = refused(api)
    assert ask(api, order, as_="").json["code"] == "not_yours"
    assert ask(api, order, as_="carrier/JD").json["code"] == "not_yours"
    assert ask(api, order, as_=api.buyer("somebody-else")).json["code"] == "dispute_subject_unknown"
    assert ask(api, new_id()).status == 422
    wrong = ask(api, order, scenario="weather", demand="nothing", words="", colour="red")
    assert wrong.status == 422
    assert {e["field"] for e in wrong.json["errors"]} == {"scenario", "demand", "words", "colour"}
    high = ask(api, order, amount=999_999)
    assert (high.status, high.json["errors"][0]["field"]) == (422, "amount")
    whole = make(api.house, Actor(Party.PLATFORM, new_id(), "平台", None, ALL), ["read", "dispute.step_in"])
    made = api.call("POST", f"{LIST}?merchant_id={api.shop.merchant}", {"order_id": order, "scenario": "promise", "demand": "compensation", "words": "平台抽检"}, key=whole)
    assert (made.status, made.json["state"]) == (200, "awaiting_merchant")
    plain = make(api.house, Actor(Party.PLATFORM, new_id(), "平台", None, ALL), ["read"])
    assert api.call("POST", f"{LIST}?merchant_id={api.shop.merchant}", {"order_id": order, "scenario": "promise", "demand": "compensation", "words": "x"}, key=plain).json["code"] == "permission_missing"


def test_lists_know_scenario_plan_state_and_parent(api):
    order, case = refused(api)
    about = ask(api, order, case_id=case).json["id"]
    cancels = ask(api, unshipped(api.shop), scenario="cancel_order").json["id"]
    assert api.call("POST", f"{LIST}/{cancels}/settle_without_cancelling", {"words": "客户愿意等"}).json["state"] == "awaiting_buyer_confirmation"

    def found(query):
        got = api.call("GET", f"{LIST}?limit=200&{query}")
        assert got.status == 200, got.raw
        return {row["id"] for row in got.json["items"]}

    assert cancels in found("scenario=cancel_order,promise")
    assert about not in found("scenario=cancel_order,promise")
    assert cancels in found("plan=agreed_no_cancel")
    assert about in found("plan=none&state=awaiting_merchant")
    assert found(f"parent_id={case}") == {about}
    assert api.call("GET", f"{LIST}?plan=magic").status == 422
    assert api.call("GET", f"{LIST}?parent_id=1").status == 422


def test_evidence_goes_up_is_filed_and_comes_down_as_it_was(api):
    order, case = refused(api)
    dispute = ask(api, order, case_id=case).json["id"]
    ids = [api.call("POST", "/api/v1/evidence-files", data, headers={"Content-Type": kind}).json["id"] for data, kind in ((paper(), "application/pdf"), (MP4, "video/mp4"))]
    bad = api.call("POST", "/api/v1/evidence-files", b"MZ\x90", headers={"Content-Type": "application/pdf"})
    assert (bad.status, bad.json["code"]) == (422, "evidence_kind")
    assert api.call("POST", f"{LIST}/{dispute}/add_evidence", {"evidence": "inspection_report", "words": "报告", "photos": ids}).status == 200
    pieces = api.call("GET", f"{LIST}/{dispute}/evidence", as_=api.buyer()).json["items"]
    assert [(p["n"], p["side"], p["kind"], p["kind_label"], p["media_type"]) for p in pieces] == [(1, "merchant", "inspection_report", "检测报告", "application/pdf"), (2, "merchant", "inspection_report", "检测报告", "video/mp4")]
    down = api.call("GET", pieces[1]["href"])
    assert (down.headers["content-type"], hashlib.sha256(down.raw).hexdigest()) == ("video/mp4", pieces[1]["sha256"])
    assert api.call("GET", f"{LIST}/{dispute}/evidence", as_=api.buyer("somebody-else")).status == 404
    assert api.call("GET", f"/api/v1/evidence/{new_id()}").status == 404
    assert api.call("GET", f"{LIST}/{case}/evidence").status == 404


@pytest.mark.parametrize("amount", [pytest.param(13900, id="stands at once"), pytest.param(60_000, id="waits for a second person")])
def test_each_side_reads_its_own_reply_and_nothing_before_it_stands(api, amount):
    order = api.shop.order(("CUP", 1, 90_000))
    dispute = ask(api, order).json["id"]
    platform = make(api.house, Actor(Party.PLATFORM, new_id(), "法官", None, ALL), ["read", "dispute.step_in", "dispute.adjudicate"])
    there = f"?merchant_id={api.shop.merchant}"
    assert api.call("POST", f"{LIST}/{dispute}/step_in{there}", {"words": "重大投诉"}, key=platform).status == 200
    assert api.call("POST", f"{LIST}/{dispute}/finish_evidence", {}).status == 200
    assert api.call("POST", f"{LIST}/{dispute}/finish_evidence", {}, as_=api.buyer()).status == 200
    judged = {"liability": "merchant", "outcome": "refund", "amount": amount, "rules": ["DI-G3"], "words_buyer": "支持退款", "words_merchant": "举证不足"}
    key = api.call("POST", f"{LIST}/{dispute}/adjudicate{there}", judged, key=platform)
    assert (key.status, key.json["code"]) == (403, "decided_signed_in")
    assert api.call("GET", f"{LIST}/{dispute}").json["facts"]["finished"].keys() == {"merchant", "buyer"}
    offered = {c["command"]: c["blocked"] for c in api.call("GET", f"{LIST}/{dispute}{there}", key=platform).json["available_commands"]}
    assert offered["adjudicate"]["code"] == "decided_signed_in"
    done = api.shop.say(dispute, Adjudicate(**judged), Actor(Party.PLATFORM, new_id(), "法官", None, ALL))
    assert done.refusal is None
    waits = done.state != "adjudicated"
    mine, buyers = api.call("GET", f"{LIST}/{dispute}"), api.call("GET", f"{LIST}/{dispute}", as_=api.buyer())
    whole = api.call("GET", f"{LIST}/{dispute}{there}", key=platform)
    assert b"\xe6\x94\xaf\xe6\x8c\x81\xe9\x80\x80\xe6\xac\xbe" in whole.raw
    if waits:
        for got in (mine, buyers, api.call("GET", f"{LIST}/{dispute}/events")):
            assert "举证不足" not in got.raw.decode()
            assert "支持退款" not in got.raw.decode()
        return
    assert (mine.json["facts"]["judgement"]["words_merchant"], "words_buyer" in mine.json["facts"]["judgement"]) == ("举证不足", False)
    assert (buyers.json["facts"]["judgement"]["words_buyer"], "words_merchant" in buyers.json["facts"]["judgement"]) == ("支持退款", False)
    assert "by_name" not in mine.json["facts"]["judgement"]
    assert "支持退款" not in api.call("GET", f"{LIST}/{dispute}/events").raw.decode()


def test_questions_and_the_platforms_names_stay_where_they_belong(api):
    order, _ = refused(api)
    dispute = ask(api, order).json["id"]
    platform, there = make(api.house, Actor(Party.PLATFORM, new_id(), "法官甲", None, ALL), ["read", "dispute.step_in", "dispute.ask_side"]), f"?merchant_id={api.shop.merchant}"
    assert api.call("POST", f"{LIST}/{dispute}/step_in{there}", {"words": "重大投诉"}, key=platform).status == 200
    assert api.call("POST", f"{LIST}/{dispute}/ask_side{there}", {"side": "merchant", "words": "检测由谁做？"}, key=platform).status == 200
    for as_, told in (("", True), (api.buyer(), False)):
        for path in ("", "/events"):
            got = api.call("GET", f"{LIST}/{dispute}{path}", as_=as_)
            assert got.status == 200
            assert ("检测由谁做" in got.raw.decode()) == told, (as_, path)
            assert "法官甲" not in got.raw.decode()
    assert "检测由谁做" in api.call("GET", f"{LIST}/{dispute}/events{there}", key=platform).raw.decode()


def test_who_files_nothing_uploads_nothing_and_what_waits_is_limited(api, monkeypatch):
    order, case = refused(api)
    dispute = ask(api, order, case_id=case).json["id"]

    def up(query="", n=0, **more):
        return api.call("POST", f"/api/v1/evidence-files{query}", paper() + b"\n" * n, headers={"Content-Type": "application/pdf"}, **more)

    reads = make(api.house, Actor(Party.MERCHANT, new_id(), "只看", api.shop.merchant, ALL), ["read"])
    files = make(api.house, Actor(Party.MERCHANT, new_id(), "举证", api.shop.merchant, ALL), ["read", "dispute.add_evidence"])
    assert (up(key=reads).status, up(key=reads).json["code"]) == (403, "permission_missing")
    assert up(f"?case_id={dispute}", key=files).status == 200
    assert up(f"?case_id={dispute}", as_=api.buyer()).status == 200
    assert up(f"?case_id={dispute}", as_=api.buyer("somebody-else")).status == 404
    assert up(f"?case_id={case}", key=files).json["code"] == "evidence_not_here"
    monkeypatch.setattr(disputing, "WAITING_AT_MOST", 2)
    assert up(key=files, n=1).status == 200
    full = up(key=files, n=2)
    assert (full.status, full.json["code"]) == (422, "evidence_waits")
    assert up(as_=api.buyer(), n=1).status == 200


def test_the_liable_rate_says_what_counts_and_the_line_of_the_rules(api):
    order = api.shop.order(("CUP", 1, 10_000))
    case = ask(api, order).json["id"]
    api.shop.now -= timedelta(minutes=1)
    api.shop.say(case, StepIn("介入"), api.shop.arbiter)
    for actor in (LIN, api.shop.hai):
        assert api.shop.say(case, FinishEvidence(), actor).refusal is None
    judged = Adjudicate(liability="merchant", outcome="refund", amount=1_000, rules=["DI-G3"], words_buyer="支持", words_merchant="不足")
    assert api.shop.say(case, judged, Actor(Party.PLATFORM, new_id(), "法官", None, ALL)).refusal is None
    got = api.call("GET", "/api/v1/dispute-liability")
    assert (got.status, got.json["days"], got.json["line"], got.json["kept"]) == (200, 30, None, None)
    assert case in [d["id"] for d in got.json["disputes"]]
    assert got.json["liable"] == len(got.json["disputes"])
    assert api.call("GET", "/api/v1/dispute-liability?colour=red").status == 422

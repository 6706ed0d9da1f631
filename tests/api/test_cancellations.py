"""Cancellations over HTTP: opening, the boundary of receipt in both directions, lists and what has changed, batches (CA-1 … CA-9, OR-5, OR-6)."""

from datetime import timedelta

import pytest

from amends.api.openapi import document
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import SYSTEM, on_the_way, opened, unshipped

LIST = "/api/v1/cancellations"
SERVICE = "/api/v1/service-orders"


def ask(api, order, *, lines=None, once=None, as_=None, **more):
    body = {"order_id": order, "reason": "changed_mind", **({"lines": lines} if lines is not None else {}), **more}
    return api.call("POST", LIST, body, once=once, as_=api.buyer() if as_ is None else as_)


def test_a_whole_order_is_cancelled_and_asking_twice_answers_the_first(api):
    order, once = unshipped(api.shop), new_id()
    first, again = ask(api, order, once=once), ask(api, order, once=once)
    assert (first.status, first.raw, again.headers["idempotency-replayed"]) == (200, again.raw, "true")
    assert (first.json["number"][:7], first.json["state"], first.json["existing"]) == ("C-2026-", "reviewing", False)
    assert ask(api, order).json == first.json | {"existing": True}
    case = api.call("GET", f"{LIST}/{first.json['id']}", as_=api.buyer()).json
    assert (case["kind"], case["type"], case["source"], case["quantity"]) == ("cancellation", "whole", "buyer", 2)
    assert [c["command"] for c in case["available_commands"]] == ["withdraw", "say"]
    staff = {c["command"]: c["blocked"] for c in api.call("GET", f"{LIST}/{first.json['id']}").json["available_commands"]}
    assert staff["approve_cancellation"] is None
    assert staff["approve_and_intercept"]["code"] == "not_shipped_yet"
    done = api.call("POST", f"{LIST}/{first.json['id']}/approve_cancellation", {"words": "好的"})
    assert (done.status, done.json["state"]) == (200, "refunding")
    events = api.call("GET", f"{LIST}/{first.json['id']}/events").json["items"]
    assert [e["name"] for e in events] == ["cancel_applied", "cancellation_approved"]


def test_some_pieces_of_an_unshipped_order_and_everything_wrong_at_once(api):
    order = unshipped(api.shop, ("CUP", 3, 30000), ("MUG", 1, 9900))
    cup, mug = api.shop.lines[order]
    got = ask(api, order, lines=[{"line_id": cup, "quantity": 2}])
    assert got.status == 200
    facts = api.call("GET", f"{LIST}/{got.json['id']}").json
    assert (facts["type"], facts["facts"]["lines"]) == ("part", [{"line_id": cup, "quantity": 2}])
    assert ask(api, order, lines=[{"line_id": mug, "quantity": 1}]).json["existing"] is False
    wrong = ask(api, unshipped(api.shop), lines=[{"line_id": cup, "quantity": 9, "why": 1}, 3], source="staff", colour="blue")
    assert wrong.status == 422
    assert {e["field"] for e in wrong.json["errors"]} >= {"lines[0].why", "lines[1]", "source", "colour"}
    other = unshipped(api.shop, ("CUP", 1, 9900))
    assert [e["field"] for e in ask(api, other, lines=[{"line_id": api.shop.lines[other][0], "quantity": 2}]).json["errors"]] == ["lines[0].quantity"]
    assert ask(api, other, reason="weather").json["errors"][0]["code"] == "cancel_reason_unknown"
    assert ask(api, on_the_way(api.shop, ("CUP", 2, 9900)), lines=[{"line_id": new_id(), "quantity": 1}]).status == 422


def test_the_wrong_side_of_receipt_is_refused_and_the_right_one_is_named_in_both_directions(api):
    received = api.shop.order(("CUP", 1, 19900))
    late = ask(api, received)
    assert (late.status, late.json["code"], late.json["instead"]) == (409, "cancel_after_receipt", {"collection": "service-orders", "href": SERVICE})
    assert "申请售后" in late.json["detail"]
    item = {"quantity": 1, "type": "return", "reason": "no_reason"}
    assert api.call("POST", SERVICE, {"order_id": received, "items": [{"line_id": api.shop.lines[received][0], **item}]}, as_=api.buyer()).status == 200
    before = on_the_way(api.shop)
    early = api.call("POST", SERVICE, {"order_id": before, "items": [{"line_id": api.shop.lines[before][0], **item}]}, as_=api.buyer(), headers={"Accept-Language": "en"})
    assert (early.status, early.json["code"], early.json["instead"]) == (409, "after_sales_before_receipt", {"collection": "cancellations", "href": LIST})
    assert "cancel it instead" in early.json["detail"]
    assert ask(api, before).status == 200


def test_whose_order_it_is_and_who_may_ask(api):
    order = unshipped(api.shop)
    assert ask(api, order, as_=api.buyer("somebody-else")).json["code"] == "order_unknown"
    assert ask(api, order, as_="carrier/JD").json["code"] == "not_yours"
    assert ask(api, order, as_="", reason="wrong_order").status == 200
    assert api.call("POST", LIST, {"order_id": order, "reason": "changed_mind"}, key=api.key_with("read")).json["code"] == "permission_missing"
    cod = api.shop.order(("CUP", 1, 0), received=False, state="preparing", delivered_at=None)
    assert ask(api, cod, deletion=True, reason="buyer_asked").json["code"] == "deletion_by_staff"
    deleted = ask(api, cod, as_="", deletion=True, reason="unreachable")
    assert (deleted.status, api.shop.row(deleted.json["id"], "type, source")) == (200, ("deletion", "staff"))


@pytest.fixture(scope="module")
def three(api):
    """A cancellation of the buyer's, one by staff followed up, one of a dispute."""
    buyers, staffs, disputes = opened(api.shop, unshipped(api.shop)), opened(api.shop, on_the_way(api.shop), actor=api.shop.hai), opened(
        api.shop, on_the_way(api.shop), actor=SYSTEM, reason="dispute_48h_interception", source="dispute_48h_interception", dispute="D-2026-000009", dispute_id=new_id()
    )
    api.call("POST", f"{LIST}/{staffs}/follow_up_parcel", {})
    return {"buyer": buyers, "staff": staffs, "dispute_48h_interception": disputes}


def ids(api, query):
    got = api.call("GET", f"{LIST}?limit=200&{query}")
    assert got.status == 200, got.raw
    return {row["id"] for row in got.json["items"]}


def test_a_list_is_filtered_by_state_source_order_and_ranges(api, three):
    for source, case in three.items():
        assert case in ids(api, f"source={source}")
        assert not ids(api, f"source={source}") & (set(three.values()) - {case})
    assert ids(api, "source=buyer,staff") >= {three["buyer"], three["staff"]}
    assert ids(api, "state=logistics_follow_up") == {three["staff"]}
    order = api.call("GET", f"{LIST}/{three['buyer']}").json["order_id"]
    assert ids(api, f"order_id={order}") == {three["buyer"]}
    assert ids(api, "opened_from=2030-01-01T00:00:00Z") == set()
    for query in ("source=moon", "state=in_transit", "updated_from=yesterday", "sort=number"):
        assert api.call("GET", f"{LIST}?{query}").json["errors"][0]["field"] == query.split("=")[0]
    assert api.call("GET", f"{SERVICE}?source=buyer").status == 422


def test_a_reader_fetches_what_has_changed_since_it_last_asked(api, three):
    since = (api.shop.now + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute("update cases set updated_at = %s where id = any(%s::uuid[])", (api.shop.now + timedelta(minutes=2), [three["buyer"], three["staff"]]))
    assert ids(api, f"updated_from={since}") == {three["buyer"], three["staff"]}
    assert three["buyer"] not in ids(api, f"updated_to={since}")
    first = api.call("GET", f"{LIST}?updated_from={since}&sort=updated_at&limit=1").json
    rest = api.call("GET", f"{LIST}?updated_from={since}&sort=updated_at&limit=1&cursor={first['next']}").json
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {three["buyer"], three["staff"]}
    assert rest["next"] is None


def test_many_at_once_each_with_its_own_result(api):
    good, sent = opened(api.shop, unshipped(api.shop)), opened(api.shop, on_the_way(api.shop))
    got = api.call("POST", f"{LIST}/batch/approve_cancellation", {"items": [{"id": good}, {"id": sent}], "fields": {"words": "已取消"}}).json
    assert (got["done"], got["refused"]) == (1, 1)
    assert got["results"][1]["problem"]["code"] == "shipped_meanwhile"
    tried = api.call("POST", f"{LIST}/{sent}/approve_and_intercept?dry_run=true", {}).json
    assert (tried["state"], [e["effect"] for e in tried["plan"]["effects"]]) == ("intercepting", ["intercept_parcel", "tell_buyer"])


def test_the_document_tells_how_to_cancel(api):
    paths = document()["paths"]
    body = paths["/cancellations"]["post"]["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == {"zh", "en"}
    assert body["examples"]["zh"]["value"]["reason"] == "changed_mind"
    assert any("source" in p["$ref"] for p in paths["/cancellations"]["get"]["parameters"])
    assert "/cancellations/{id}/force_refund" in paths
    assert "/cancellations/{id}/fast_refund" not in paths

"""Parcels over the API: found by case, order and waybill; traces posted by an ERP for carriers without a connection (LO-1)."""

from amends.core.verbs.buyer import ShipBack
from amends.core.verbs.review import ApproveReturn
from tests.engine.parcel_cast import connect, number
from tests.shop import LIN, open_shop

PARCELS = "/api/v1/parcels"
SIGNED = {"id": "2", "code": "signed", "at": "2026-03-02T15:00:00+08:00", "words": "已签收", "place": "廊坊"}
ACCEPTED = {"code": "accepted", "at": "2026-03-01T15:00:00+08:00"}


def sent_back(shop, carrier="小马快递", waybill=""):
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    shop.say(case, ApproveReturn(shop.address))
    waybill = waybill or number()
    assert shop.say(case, ShipBack(carrier, waybill), LIN).refusal is None
    return case, waybill


def parcel_of(api, waybill):
    return api.call("GET", f"{PARCELS}?waybill={waybill}").json["items"][0]


def test_a_parcel_is_found_by_case_order_and_waybill(api):
    case, waybill = sent_back(api.shop)
    one = parcel_of(api, waybill)
    assert (one["case_id"], one["direction"], one["state"], one["flag"], one["connected_since"]) == (case, "back", "sent", "", None)
    for query in (f"case={case}", f"order={one['order_id']}"):
        assert [p["id"] for p in api.call("GET", f"{PARCELS}?{query}").json["items"]] == [one["id"]]
    refused = api.call("GET", f"{PARCELS}?case={case}&waybill={waybill}")
    assert (refused.status, refused.json["code"]) == (422, "parcels_of_what")


def test_lists_go_on_where_they_ended(api):
    for _ in range(3):
        sent_back(api.shop)
    first = api.call("GET", f"{PARCELS}?limit=2").json
    second = api.call("GET", f"{PARCELS}?limit=2&cursor={first['next']}").json
    ids = [p["id"] for p in (*first["items"], *second["items"])]
    assert ids == sorted(set(ids), reverse=True)


def test_a_posted_trace_tells_the_case_once_whatever_its_order(api):
    case, waybill = sent_back(api.shop)
    parcel = parcel_of(api, waybill)
    key = api.key_with("read", "speak_for_carrier")
    for _ in range(2):
        got = api.call("POST", f"{PARCELS}/{parcel['id']}/events", {"events": [SIGNED, ACCEPTED], "expected_at": "2026-03-02T18:00:00+08:00"}, key=key)
        assert (got.status, got.json["state"]) == (200, "signed"), got.json
        assert [e["code"] for e in got.json["events"]] == ["signed", "accepted"]
    assert api.shop.row(case, "parcel_state, version") == ("signed", 5)
    seen = api.call("GET", f"{PARCELS}/{parcel['id']}").json
    assert (seen["signed_at"], seen["accepted_at"]) == ("2026-03-02T07:00:00Z", "2026-03-01T07:00:00Z")
    assert seen["events"][0] == {"code": "signed", "words": "已签收", "place": "廊坊", "at": "2026-03-02T07:00:00Z"}


def test_what_is_wrong_is_named_all_at_once(api):
    _, waybill = sent_back(api.shop)
    address = f"{PARCELS}/{parcel_of(api, waybill)['id']}/events"
    got = api.call("POST", address, {"events": [{"code": "flew", "at": "2026-03-02"}, 7, {**SIGNED, "at": "0001-01-01T00:00:00+14:00"}], "x": 1})
    assert got.status == 422
    assert {e["field"] for e in got.json["errors"]} == {"x", "events[0].code", "events[0].at", "events[1]", "events[2].at"}
    assert api.call("POST", address, {"events": []}).status == 422


def test_a_connected_carrier_speaks_for_itself(api, pool):
    connect(pool, "swift")
    _, waybill = sent_back(api.shop, carrier="Swift")
    got = api.call("POST", f"{PARCELS}/{parcel_of(api, waybill)['id']}/events", {"events": [SIGNED]})
    assert (got.status, got.json["code"]) == (409, "parcel_is_connected")


def test_who_may(api, pool):
    _, waybill = sent_back(api.shop)
    parcel = parcel_of(api, waybill)
    assert api.call("POST", f"{PARCELS}/{parcel['id']}/events", {"events": [SIGNED]}, key=api.key_with("read")).status == 403
    other = open_shop(pool)
    _, theirs = sent_back(other)
    ((ident,),) = other.all("select id::text from parcels where waybill = %s", theirs)
    assert api.call("GET", f"{PARCELS}/{ident}").status == 404
    assert api.call("POST", f"{PARCELS}/{ident}/events", {"events": [SIGNED]}).status == 404
    assert api.call("GET", f"{PARCELS}?waybill={theirs}").json["items"] == []

"""Every clock and suspensions over HTTP: both languages, the platform's own acts, a look that saves nothing (PO-15, PO-16)."""

from amends.core.clock_statement import statement
from amends.core.pack import CLOCKS
from amends.engine.deadlines import pack_of

SPRING = {"zh": "春节期间暂停", "en": "Paused for Spring Festival", "starts_at": "2026-03-03T00:00:00+08:00", "ends_at": "2026-03-13T00:00:00+08:00"}


def test_every_clock_of_a_merchant_in_both_languages_with_its_source(api):
    got = api.call("GET", "/api/v1/clocks")
    assert got.status == 200, got.raw
    assert {i["clock"] for i in got.json["items"] if i["state"]} == set(CLOCKS)
    answer = next(i for i in got.json["items"] if i["clock"] == "freight_answer")
    assert (answer["kind"], answer["time"]["en"], answer["then"], answer["source"]["id"]) == ("compensation", "48 hours", "mark_late", "S3")
    assert answer["state_name"] == answer["name"]
    review = next(i for i in got.json["items"] if i["clock"] == "review" and i["type"] is None)
    assert (review["time"], review["remind_before"], review["source"]["level"]) == ({"zh": "48 小时", "en": "48 hours"}, 7200, "document")
    assert review["then_name"] == {"zh": "系统同意寄回", "en": "The return is approved"}
    assert all(pair["zh"] and pair["en"] and pair["zh"] != i["clock"] for i in got.json["items"] for pair in (i["name"], i["then_name"], i["time"]))
    of_pack = api.call("GET", "/api/v1/packs/pdd/clocks").json["items"]
    assert len(of_pack) == len(statement(pack_of("pdd")))
    assert next(i["then"] for i in of_pack if i["clock"] == "review" and i["type"] == "return") == "refund_without_return"
    assert api.call("GET", "/api/v1/packs/nowhere/clocks").status == 404


def test_the_platform_looks_makes_and_takes_back_and_merchants_see_what_stands(api):
    api.shop.apply(api.shop.order(("CUP", 1, 5000)))
    key = api.keys["platform"]
    looked = api.call("POST", "/api/v1/suspensions?dry_run=true", SPRING, key=key)
    assert (looked.status, looked.json) == (200, {"clocks": 1, "merchants": 1, "at_once": 0, "more": False})
    assert api.call("GET", "/api/v1/suspensions", key=key).json["items"] == []
    made = [api.call("POST", "/api/v1/suspensions", SPRING, key=key, once="spring").json for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert (made[0]["state"], made[0]["name"]["en"], made[0]["starts_at"]) == ("coming", "Paused for Spring Festival", "2026-03-02T16:00:00Z")
    assert [s["id"] for s in api.call("GET", "/api/v1/clocks").json["suspensions"]] == [made[0]["id"]]
    longer, one = SPRING | {"ends_at": "2026-03-14T00:00:00+08:00"}, f"/api/v1/suspensions/{made[0]['id']}"
    assert api.call("PUT", f"{one}?dry_run=true", longer, key=key).json["clocks"] == 1
    assert api.call("PUT", one, longer, key=key).json["ends_at"] == "2026-03-13T16:00:00Z"
    assert api.call("PUT", one, longer | {"ends_at": longer["starts_at"]}, key=key).status == 422
    assert api.call("PUT", one, longer).status == 403
    assert api.call("PUT", f"/api/v1/suspensions/{api.shop.merchant}", longer, key=key).status == 404
    assert api.call("POST", f"/api/v1/suspensions/{made[0]['id']}/end", key=key).json["code"] == "suspension_not_begun"
    assert api.call("POST", f"/api/v1/suspensions/{made[0]['id']}/withdraw", key=key).json["state"] == "withdrawn"
    assert api.call("GET", "/api/v1/suspensions").json["items"] == []


def test_only_the_platform_suspends_and_every_wrong_field_is_named(api):
    refused = api.call("POST", "/api/v1/suspensions", SPRING)
    assert (refused.status, refused.json["code"]) == (403, "not_yours")
    wrong = api.call("POST", "/api/v1/suspensions", SPRING | {"ends_at": SPRING["starts_at"], "clocks": ["tea"], "regions": ["月球"]}, key=api.keys["platform"])
    assert wrong.status == 422
    assert {e["field"] for e in wrong.json["errors"]} == {"clocks", "regions", "ends_at"}
    made = api.call("POST", "/api/v1/suspensions", SPRING | {"clocks": ["ship_back", "review"], "regions": ["广东省"]}, key=api.keys["platform"]).json
    assert (made["clocks"], made["regions"]) == (["review", "ship_back"], ["广东省"])

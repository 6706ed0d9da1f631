"""The door: keys, permissions, headers, idempotency, limits, problems (IN-1, ST-6, SO-23)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from amends.engine import callers
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import open_shop

LIST = "/api/v1/service-orders"


def case_of(api, **more):
    order = api.shop.order(("CUP", 1, 19900))
    return api.shop.apply(order, **more)


def test_nobody_comes_in_without_a_key(api):
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}):
        got = api.send("GET", LIST, b"", headers)
        assert (got.status, got.json["code"]) == (401, "key_missing")
        assert got.headers["www-authenticate"].startswith("Bearer")
    for key in ("nonsense", "amk_0000000000_wrong", api.key + "x"):
        got = api.call("GET", LIST, key=key)
        assert (got.status, got.json["code"]) == (401, "key_refused")


def test_a_problem_has_the_shape_of_rfc_9457_and_speaks_two_languages(api):
    zh, en = api.call("GET", LIST, key=""), api.call("GET", LIST, key="", headers={"Accept-Language": "en-GB, zh;q=0.3"})
    for got in (zh, en):
        assert got.headers["content-type"] == "application/problem+json"
        assert set(got.json) == {"type", "title", "status", "detail", "code"}
        assert got.json["type"] == "/api/problems/key_missing"
        assert got.json["status"] == got.status == 401
    assert zh.json["detail"].startswith("请求里没有密钥")
    assert en.json["detail"].startswith("The request carries no key")
    assert (zh.headers["content-language"], en.headers["content-language"]) == ("zh-CN", "en")
    there = api.send("GET", zh.json["type"], b"", {})
    assert (there.status, there.headers["location"]) == (302, "/api/docs#problem-key_missing")


def test_a_key_can_do_what_it_holds_and_is_told_what_it_lacks(api):
    case, key = case_of(api), api.key_with("read", "service_order.note")
    assert api.call("GET", LIST, key=key).status == 200
    assert api.call("POST", f"{LIST}/{case}/note", {"words": "好"}, key=key).status == 200
    got = api.call("POST", f"{LIST}/{case}/refund_without_return", {}, key=key)
    assert (got.status, got.json["code"]) == (403, "permission_missing")
    assert "service_order.refund_without_return" in got.json["detail"]
    assert api.call("GET", LIST, key=api.key_with("service_order.note")).status == 403
    assert api.call("POST", f"{LIST}/{case}/withdraw", {}, key=key, as_=api.buyer()).json["detail"].find("speak_for_buyer") > 0


def test_a_key_of_another_merchant_finds_nothing(api, pool):
    case, other = case_of(api), open_shop(pool, name="别家")
    from amends.core.actor import Actor, Party
    from tests.api.caller import make

    foreign = make(api.house, Actor(Party.MERCHANT, new_id(), "主账号", other.merchant, frozenset({"*"})), ("read", "service_order.note", "speak_for_buyer"))
    order = api.shop.order(("CUP", 1, 100))
    for method, path, body in (
        ("GET", f"{LIST}/{case}", None), ("GET", f"{LIST}/{case}/events", None), ("POST", f"{LIST}/{case}/note", {"words": "x"}), ("GET", f"/api/v1/orders/{order}", None),
        ("GET", f"/api/v1/orders/{order}/options", None), ("GET", f"/api/v1/orders/{order}/buyer-link", None), ("GET", f"/api/v1/merchants/{api.shop.merchant}", None), ("GET", f"{LIST}?merchant_id={api.shop.merchant}", None),
    ):
        got = api.call(method, path, body, key=foreign)
        assert got.status == 404, (path, got.status)
    assert api.call("GET", LIST, key=foreign).json["items"] == []
    result = api.call("POST", f"{LIST}/batch/note", {"items": [{"id": case}], "fields": {"words": "x"}}, key=foreign).json
    assert (result["done"], result["results"][0]["status"]) == (0, 404)


def test_a_buyer_spoken_for_sees_and_moves_own_cases_only(api):
    case = case_of(api)
    assert api.call("POST", f"{LIST}/{case}/withdraw", {}, as_=api.buyer("somebody else")).status == 404
    assert api.call("GET", f"{LIST}/{case}", as_=api.buyer("somebody else")).status == 404
    mine = api.call("GET", f"{LIST}/{case}", as_=api.buyer())
    assert {c["command"] for c in mine.json["available_commands"]} == {"change_application", "withdraw", "say"}
    assert api.call("POST", f"{LIST}/{case}/withdraw", {}, as_=api.buyer()).json["state"] == "withdrawn"
    for wrong in ("buyer", "clock/x", "buyer/", "buyer/客户"):
        assert api.send("GET", f"{LIST}/{case}", b"", {"Authorization": f"Bearer {api.key}", "Acting-As": wrong}).status == 422


def test_a_platform_key_names_the_merchant(api):
    case, key = case_of(api), api.keys["platform"]
    assert api.call("GET", f"{LIST}/{case}", key=key).json["code"] == "merchant_missing"
    assert api.call("GET", f"{LIST}/{case}?merchant_id={api.shop.merchant}", key=key).status == 200
    assert {row["merchant_id"] for row in api.call("GET", LIST, key=key).json["items"]} == {api.shop.merchant}
    assert api.call("GET", f"{LIST}?merchant_id={new_id()}", key=key).json["items"] == []


def test_every_post_needs_an_idempotency_key(api):
    case = case_of(api)
    for once in ("", "键", "x" * 201):
        headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"} | ({"Idempotency-Key": once.encode().decode("latin-1")} if once else {})
        got = api.send("POST", f"{LIST}/{case}/claim", b"{}", headers)
        assert (got.status, got.json["code"], got.json["errors"][0]["field"]) == (422, "once_key_missing", "Idempotency-Key")


def test_the_same_key_acts_once_and_answers_the_same(api):
    case, once = case_of(api), "order-4711/approve"
    first = api.call("POST", f"{LIST}/{case}/approve_return", {"words": "请寄回"}, once=once)
    again = api.call("POST", f"{LIST}/{case}/approve_return", {"words": "请寄回"}, once=once)
    assert (first.status, again.status, first.raw, first.headers["etag"]) == (200, 200, again.raw, again.headers["etag"])
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.shop.all("select 1 from events where case_id = %s and name = 'return_approved'", case)) == 1
    api.call("POST", f"{LIST}/{case}/ship_back", {"carrier": "JD", "waybill": "JD1"}, as_=api.buyer())
    assert api.call("POST", f"{LIST}/{case}/approve_return", {"words": "请寄回"}, once=once).raw == first.raw, "also when the case has moved on"


def test_the_same_key_with_another_body_is_refused(api):
    case, once = case_of(api), new_id()
    assert api.call("POST", f"{LIST}/{case}/note", {"words": "一"}, once=once).status == 200
    for path, body in ((f"{LIST}/{case}/note", {"words": "二"}), (f"{LIST}/{case}/claim", {}), (f"{LIST}/batch/note", {"items": [{"id": case}]})):
        got = api.call("POST", path, body, once=once)
        assert (got.status, got.json["code"]) == (422, "once_key_reused")
    assert api.call("POST", f"{LIST}/{case}/note", {"words": "二"}, once=once, key=api.key_with("service_order.note")).status == 200, "another key's is its own"


def test_a_refused_command_may_be_tried_again_under_its_key(api):
    case, once = case_of(api), new_id()
    assert api.call("POST", f"{LIST}/{case}/ship_back", {"carrier": "JD", "waybill": "JD2"}, once=once, as_=api.buyer()).status == 409
    api.call("POST", f"{LIST}/{case}/approve_return", {})
    assert api.call("POST", f"{LIST}/{case}/ship_back", {"carrier": "JD", "waybill": "JD2"}, once=once, as_=api.buyer()).status == 200


def test_if_match_and_who_was_quicker(api):
    case = case_of(api)
    tag = api.call("GET", f"{LIST}/{case}").headers["etag"]
    assert tag == '"1"'
    moved = api.call("POST", f"{LIST}/{case}/claim", {}, headers={"If-Match": tag})
    assert (moved.status, moved.headers["etag"]) == (200, '"2"')
    late = api.call("POST", f"{LIST}/{case}/note", {"words": "晚了"}, headers={"If-Match": tag})
    assert (late.status, late.json["code"], late.json["version"]) == (412, "version_conflict", 2)
    assert (late.json["last"]["event"], late.json["last"]["name"]) == ("claimed", "钥匙")
    assert "钥匙" in late.json["detail"]
    assert api.call("POST", f"{LIST}/{case}/note", {"words": "不管版本"}, headers={"If-Match": "*"}).status == 200
    assert api.call("POST", f"{LIST}/{case}/note", {"words": "x"}, headers={"If-Match": 'W/"3"'}).status == 422


def test_an_unchanged_case_is_not_sent_again(api):
    case = case_of(api)
    tag = api.call("GET", f"{LIST}/{case}").headers["etag"]
    again = api.call("GET", f"{LIST}/{case}", headers={"If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")


def test_bodies_are_read_strictly_and_everything_wrong_is_told_at_once(api):
    case = case_of(api)
    got = api.call("POST", f"{LIST}/{case}/ask_buyer", {"missing": "money", "words": " ", "why": 1, "photos": []})
    assert got.status == 422
    assert {(e["field"], e["code"]) for e in got.json["errors"]} == {
        ("missing", "not_a_choice"), ("words", "required"), ("why", "field_unknown"), ("photos", "field_unknown"),
    }
    for raw, code in ((b"{", "json_wrong"), (b"[]", "json_wrong"), (b'{"words": NaN}', "json_wrong"), (b"\xff\xfe", "json_wrong"), (b"[" * 100_000, "json_wrong")):
        assert api.call("POST", f"{LIST}/{case}/note", raw).json["code"] == code
    assert api.call("POST", f"{LIST}/{case}/note", b"words=1", headers={"Content-Type": "application/x-www-form-urlencoded"}).status == 415
    big = api.call("POST", f"{LIST}/{case}/note", json.dumps({"words": "x" * 300_000}).encode())
    assert (big.status, big.json["code"]) == (413, "body_too_large")


def test_what_is_not_there_and_what_is_not_known(api):
    case = case_of(api)
    assert api.call("GET", "/api/v1/nothing").status == 404
    assert api.call("GET", f"{LIST}/{new_id()}").json["code"] == "not_there"
    got = api.call("POST", f"{LIST}/{case}/fly", {})
    assert (got.status, got.json["code"]) == (404, "unknown_command")
    wrong = api.call("DELETE", f"{LIST}/{case}")
    assert (wrong.status, wrong.headers["allow"], wrong.json["code"]) == (405, "GET, HEAD", "method_unknown")
    assert api.call("GET", f"{LIST}?colour=red").json["errors"][0]["field"] == "colour"
    assert api.call("HEAD", f"{LIST}/{case}").raw == b""


def test_a_key_has_so_many_requests_a_minute(api, monkeypatch):
    monkeypatch.setattr(callers, "most_a_minute", lambda: 5)
    key = api.key_with("read")
    got = [api.call("GET", LIST, key=key) for _ in range(6)]
    assert [g.status for g in got] == [200] * 5 + [429]
    assert [g.headers["ratelimit"] for g in got] == [f'"key";r={n};t=60' for n in (4, 3, 2, 1, 0, 0)]
    assert got[0].headers["ratelimit-policy"] == '"key";q=5;w=60'
    assert (got[5].headers["retry-after"], got[5].json["code"]) == ("60", "too_often")
    assert api.call("GET", LIST, key=api.key_with("read")).status == 200, "another key has its own"
    from datetime import timedelta

    api.clock.at += timedelta(minutes=1)
    assert api.call("GET", LIST, key=key).status == 200


def test_a_failure_is_a_problem_that_tells_nothing_of_the_inside(api, monkeypatch):
    from amends.store.screens import cases

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(cases, "page", broken)
    got = api.call("GET", LIST)
    assert (got.status, got.json["code"], got.headers["content-type"]) == (500, "house_broken", "application/problem+json")
    assert b"secret" not in got.raw


@pytest.mark.parametrize("path", ["/api/docs", "/api/openapi.json", "/api/docs.css"])
def test_the_document_is_open_to_anyone_but_only_to_be_read(api, path):
    got = api.send("GET", path, b"", {})
    assert got.status == 200
    assert api.send("GET", path, b"", {"If-None-Match": got.headers["etag"]}).status == 304
    assert api.send("POST", path, b"", {}).status == 405


def test_the_page_names_every_command_and_problem_in_both_languages_without_script_or_style(api):
    for language, words in (("zh", "同意客户发货"), ("en", "Approve return")):
        page = api.send("GET", f"/api/docs?lang={language}", b"", {}).raw.decode()
        assert words in page
        assert 'id="service_order_refund"' in page
        assert 'id="problem-not_now"' in page
        assert "curl -X POST" in page
        for forbidden in ("<script", "style=", "onclick", "http://"):
            assert forbidden not in page


def test_a_keys_last_use_is_on_record_and_a_revoked_or_expired_key_is_out(api):
    key = api.key_with("read")
    prefix = key.split("_")[1]
    assert api.call("GET", LIST, key=key).status == 200
    assert api.shop.all("select used_at from api_keys where prefix = %s", prefix) == [(api.clock.now(),)]
    for column in ("revoked_at", "expires_at"):
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update api_keys set revoked_at = null, expires_at = null where prefix = %s", (prefix,))
            conn.execute(f"update api_keys set {column} = %s where prefix = %s", (api.clock.now(), prefix))
        assert api.call("GET", LIST, key=key).json["code"] == "key_refused"


def test_eight_at_once_under_one_key_act_once_and_hear_the_same(api):
    case, once = case_of(api), new_id()
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: api.call("POST", f"{LIST}/{case}/note", {"words": "一次"}, once=once), range(8)))
    assert {(g.status, g.raw) for g in got} == {(200, got[0].raw)}
    assert sum("idempotency-replayed" in g.headers for g in got) == 7
    assert api.shop.all("select count(*) from events where case_id = %s and name = 'noted'", case) == [(1,)]


def test_of_eight_at_once_with_one_version_one_wins_and_the_others_are_told(api):
    case = case_of(api)
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda n: api.call("POST", f"{LIST}/{case}/note", {"words": str(n)}, headers={"If-Match": '"1"'}), range(8)))
    assert sorted(g.status for g in got) == [200] + [412] * 7
    assert {g.json["last"]["event"] for g in got if g.status == 412} == {"noted"}

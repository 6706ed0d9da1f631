"""Keyword sets over HTTP: read, replaced under their version, a text tried; an alert in a case's JSON and its answer with a body; words from history (KW-1, KW-2, KW-4)."""

from datetime import timedelta

from amends.engine import keywords

KEYWORDS = "/api/v1/keywords"


def test_sets_are_read_and_replaced_under_their_version(api):
    found = api.call("GET", KEYWORDS)
    assert (found.status, found.json["version"], found.json["made_by"]) == (200, 0, None)
    sets = [s | {"words": [*s["words"], "调一个"]} if s["code"] == "exchange" else s for s in found.json["sets"] if s["code"] != "threat"]
    body = {"sets": [*sets, {"code": "live_room", "zh": "直播间", "words": ["主播说的"]}]}
    kept = api.call("PUT", KEYWORDS, body, headers={"If-Match": '"0"'})
    assert (kept.status, kept.json["version"]) == (200, 1)
    by_code = {s["code"]: s for s in kept.json["sets"]}
    assert "调一个" in by_code["exchange"]["words"]
    assert (by_code["threat"]["on"], by_code["live_room"]["type"], by_code["live_room"]["builtin"]) == (False, None, False)
    late = api.call("PUT", KEYWORDS, body, headers={"If-Match": '"0"'})
    assert (late.status, late.json["code"]) == (409, "keywords_changed")
    assert api.call("GET", KEYWORDS, headers={"If-None-Match": '"1"'}).status == 304


def test_what_is_wrong_is_named_by_its_place(api):
    good = {"code": "a", "zh": "甲", "words": ["词语"]}
    for body, field in (
        ({"sets": [good | {"words": ["长" * 41]}]}, "sets[0].words[0]"), ({"sets": [good | {"type": "swap"}]}, "sets[0].type"), ({"sets": [good | {"odd": 1}]}, "sets[0].odd"),
        ({"sets": [good | {"code": "A b"}]}, "sets[0].code"), ({"sets": [3]}, "sets"), ({}, "sets"), ({"sets": [good | {"on": "yes"}]}, "sets[0].on"),
    ):
        refused = api.call("PUT", KEYWORDS, body)
        assert refused.status == 422, body
        assert [e["field"] for e in refused.json["errors"]][-1].startswith(field), body
    assert api.call("PUT", KEYWORDS, {"sets": []}, key=api.key_with("read")).status == 403


def test_a_text_is_tried(api):
    text = "漏水，想換一個；再打12315"
    tried = api.call("POST", f"{KEYWORDS}/test", {"text": text}).json
    assert all(text[h["start"]:h["end"]] == h["text"] for h in tried["hits"])
    assert {a["type"]: a["sets"] for a in tried["answers"]}[None] == ["activist"]
    assert {a["type"]: a["sets"] for a in tried["answers"]}["return"] == ["activist", "exchange"]
    told = api.call("POST", f"{KEYWORDS}/test", {"text": "一家人都说颜色很好看穿着也舒服的，就是衣服洗过以后缩水缩得厉害现在退钱都很费劲的样子，一个礼拜了没有下文"}).json
    assert (told["hits"], tried["light"]) == ([], [])
    assert [(one["type"], one["words"]) for one in told["light"]] == [("return", ["退钱"])]
    assert "not counted" in told["light"][0]["en"]
    assert api.call("POST", f"{KEYWORDS}/test", {"text": 3}).status == 422


def test_an_alert_stands_in_the_case_and_is_answered_with_a_body(api):
    case = f"/api/v1/service-orders/{api.shop.apply(api.shop.order(('CUP', 1, 2000)), description='想换一个新的')}"
    shown = api.call("GET", case).json
    assert (shown["facts"]["alert_open"], shown["facts"]["alert"]["sets"], shown["facts"]["alert"]["starter"]) == (True, ["exchange"], keywords.starter().version)
    blocked = next(c for c in shown["available_commands"] if c["command"] == "approve_return")
    assert "alert_open" in str(blocked)
    assert api.call("POST", f"{case}/acknowledge_alert", {"words": "电话确认要退"}).status == 200
    events = api.call("GET", f"{case}/events").json["items"]
    assert [e["name"] for e in events] == ["applied", "alert_raised", "alert_acknowledged"]
    assert events[1]["explanation"]["by"] == "keyword"
    assert events[2]["body"]["changes"]["alert_answer"]["answer"] == "keep"


def test_words_from_history_are_offered_with_their_figures(api):
    from tests.engine.test_keyword_suggestions import history, write

    write(api.shop.pool, api.shop.merchant, history(), at=api.shop.now - timedelta(days=1))
    found = api.call("GET", f"{KEYWORDS}/suggestions?days=90")
    assert found.status == 200
    one = next(s for s in found.json["items"] if "尺码" in s["word"])
    assert (found.json["days"], one["set"], one["type"], one["right"]) == (90, "exchange", "exchange", 3)
    assert api.call("GET", f"/api/v1/service-orders/{one['examples'][0]}").status == 200
    assert api.call("GET", f"{KEYWORDS}/suggestions").json["days"] == 90
    assert [api.call("GET", f"{KEYWORDS}/suggestions?days={n}").status for n in ("0", "181", "x")] == [422, 422, 422]
    assert api.call("GET", f"{KEYWORDS}/suggestions", key=api.key_with("read")).status == 403

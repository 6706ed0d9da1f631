"""Strategies over HTTP: tables, drafts with their tag, publishing once, switches, versions, trials, the schema and what they would do with a case."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from amends.core import strategy_json
from amends.core.verbs import review as v
from amends.engine import automate
from amends.engine.ids import new_id
from amends.worker import automation
from tests.api.caller import Api

AT = "/api/v1/strategies/review"
ROW: dict[str, Any] = {
    "name": "未拆封百元内", "conditions": [{"fact": "case_type", "op": "is", "value": "return"}, {"fact": "amount", "op": "lt", "value": 10000}],
    "action": {"command": "approve_return"}, "mode": "on",
}


def put(api: Api, *rows: dict[str, Any], **more: Any) -> Any:
    return api.call("PUT", f"{AT}/draft", {"rows": list(rows)}, **more)


def test_a_draft_has_a_tag_and_its_problems_have_paths(api: Api) -> None:
    first = put(api, ROW | {"conditions": [{"fact": "amount", "op": "lt", "value": "多"}]})
    assert first.status == 200, first.json
    assert [(p["field"], p["code"]) for p in first.json["problems"]] == [("rows[0].conditions[0].value", "strategy_value_wrong")]
    assert first.json["rows"][0]["id"], "a row without an id is given one"
    tag = first.headers["etag"]
    assert api.call("GET", f"{AT}/draft", headers={"If-None-Match": tag}).status == 304
    assert put(api, ROW, headers={"If-Match": tag}).json["problems"] == []
    quicker = put(api, ROW, headers={"If-Match": tag})
    assert (quicker.status, quicker.json["code"]) == (412, "strategy_draft_moved")
    wrong = put(api, {"name": 3, "zzz": 1})
    assert wrong.status == 422
    assert {"rows[0].name", "rows[0].zzz"} <= {e["field"] for e in wrong.json["errors"]}
    assert put(api, ROW, key=api.key_with("read")).status == 403
    assert api.call("GET", f"{AT}/draft", key=api.key_with("read")).status == 200


def test_published_once_switched_and_rolled_back(api: Api) -> None:
    put(api, ROW | {"name": "发布"})
    once = new_id()
    done = api.call("POST", f"{AT}/publish", {"note": "第一版"}, once=once)
    assert done.status == 200, done.json
    again = api.call("POST", f"{AT}/publish", {"note": "第一版"}, once=once)
    assert (again.json, again.headers["idempotency-replayed"]) == (done.json, "true")
    version = done.json["version"]
    nothing = api.call("POST", f"{AT}/publish", {})
    assert (nothing.status, nothing.json["code"]) == (409, "strategy_nothing_to_publish")
    table = api.call("GET", AT).json
    assert (table["version"], [row["mode"] for row in table["rows"]]) == (version, ["on"])
    off = api.call("POST", f"{AT}/switch", {"row": table["rows"][0]["id"], "mode": "off"})
    assert off.json == {"table": "review", "version": version + 1, "run": None}
    assert api.call("POST", f"{AT}/switch", {"row": new_id(), "mode": "on"}).status == 404
    assert api.call("POST", f"{AT}/switch", {"row": table["rows"][0]["id"], "mode": "maybe"}).status == 422
    back = api.call("POST", f"{AT}/roll_back", {"version": version})
    assert back.json["version"] == version + 2
    assert api.call("GET", AT).json["rows"] == table["rows"]
    assert [v["how"] for v in api.call("GET", f"{AT}/versions?limit=3").json["items"]] == ["rolled_back", "switched", "published"]
    assert api.call("POST", f"{AT}/roll_back", {"version": 999}).status == 404
    document = api.call("GET", f"{AT}/versions/{version}").json
    jsonschema.validate(document, api.call("GET", "/api/v1/strategies/schema").json["schema"])
    assert api.call("GET", f"{AT}/versions/999").status == 404
    for name in ("publish", "switch", "roll_back", "trials"):
        assert api.call("POST", f"{AT}/{name}", {}, key=api.key_with("read")).status == 403
    assert table["never"] == []
    put(api, ROW | {"name": "过期", "active": {"since": "", "until": "2020-01-01", "weekdays": [], "hours": ["", ""]}})
    assert api.call("POST", f"{AT}/publish", {}).status == 200
    (never,) = api.call("GET", AT).json["never"]
    assert [(r["field"], r["code"]) for r in never["reasons"]] == [("active.until", "strategy_days_over")]


def test_a_trial_and_a_run_over_what_waits_are_followed_and_stopped(api: Api) -> None:
    case, approved, refused = (api.shop.apply(api.shop.order(("CUP", 1, 900))) for _ in range(3))
    assert api.shop.say(approved, v.ApproveReturn()).refusal is None
    assert api.shop.say(refused, v.Reject("false_proof", "不是本店的商品")).refusal is None
    put(api, ROW | {"name": "试"})
    begun = api.call("POST", f"{AT}/trials", {"days": 30})
    assert begun.status == 200, begun.json
    assert begun.json["running"]
    automation.work_runs(api.house)
    found = api.call("GET", f"{AT}/runs/{begun.json['id']}").json
    assert (found["running"], found["sort"]) == (False, "trial")
    assert found["report"]["looked_at"] == found["done"]
    assert api.call("POST", f"{AT}/trials", {"days": 900}).status == 422
    differ = api.call("GET", f"{AT}/runs/{begun.json['id']}/cases").json["items"]
    assert [(c["case_id"], c["people"], c["strategy"]) for c in differ] == [(refused, "reject", "approve_return")]
    same = api.call("GET", f"{AT}/runs/{begun.json['id']}/cases?people=approve_return&strategy=approve_return").json["items"]
    assert [c["case_id"] for c in same] == [approved]
    assert api.call("GET", f"{AT}/runs/{begun.json['id']}/cases?people=approve_return&strategy=").json["items"] == []
    published = api.call("POST", f"{AT}/publish", {"apply_to_waiting": True}).json
    stopped = api.call("POST", f"{AT}/runs/{published['run']}/stop")
    assert (stopped.status, stopped.json["stopped"]) == (200, True)
    assert {begun.json["id"], published["run"]} <= {r["id"] for r in api.call("GET", f"{AT}/runs").json["items"]}
    assert api.call("GET", f"{AT}/runs/{new_id()}").status == 404
    fits = api.call("GET", f"{AT}/cases/{case}").json
    assert fits["decides"] == fits["rows"][0]["row"]
    assert fits["rows"][0]["conditions"][1] == {"what": "amount", "op": "lt", "wanted": 10000, "actual": 900, "fits": True}


def test_lists_are_told_in_the_callers_words(api: Api) -> None:
    stages = api.call("GET", "/api/v1/strategies", headers={"Accept-Language": "en"}).json["items"]
    assert [s["label"] for s in stages] == ["Review", "Receipt", "Processing", "Cancellations", "Follow-ups"]
    facts = {f["code"]: f for f in api.call("GET", "/api/v1/strategies/facts").json["items"]}
    assert facts["amount"]["operators"] == ["lt", "le", "gt", "ge", "eq", "between"]
    assert {"value": "no_reason", "label": "七天无理由"} in facts["reason"]["choices"]
    ready = api.call("GET", "/api/v1/strategies/ready").json["items"]
    assert {r["name"] for r in ready} >= {"unopened_no_reason", "signed_low_value"}
    assert api.call("GET", "/api/v1/strategies/schema").json["schema"] == strategy_json.schema()
    for path in ("/zzz", "/zzz/draft", "/zzz/versions", "/review/zzz"):
        assert api.call("GET", f"/api/v1/strategies{path}").status == 404


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_another_merchants_tables_are_not_there(api: Api, method: str) -> None:
    assert api.call(method, f"{AT}/draft?merchant_id={new_id()}", {"rows": []} if method == "PUT" else None).status == 404


def test_what_would_become_of_a_case_names_the_refusal(api: Api) -> None:
    fields = {"amount": 20_000, "adjust_reason": "goodwill"}
    assert put(api, ROW | {"name": "补偿", "action": {"command": "refund_without_return", "fields": fields}, "limits": {"amount": 20_000}}).json["problems"] == []
    assert api.call("POST", f"{AT}/publish", {}).status == 200
    case = api.shop.apply(api.shop.order(("CUP", 1, 5000)))
    found = api.call("GET", f"{AT}/cases/{case}", headers={"Accept-Language": "en"}).json
    assert (found["decides"], found["rows"][0]["fits"], found["rows"][0]["refusal"]) == (None, True, "refund_above_cap")
    assert "At most" in found["rows"][0]["detail"]


def test_a_row_in_shadow_is_told_beside_what_people_did(api: Api) -> None:
    put(api, ROW | {"name": "影子", "conditions": [{"fact": "amount", "op": "eq", "value": 777}], "mode": "shadow"})
    assert api.call("POST", f"{AT}/publish", {}).status == 200
    row = api.call("GET", AT).json["rows"][0]["id"]
    same, other, _ = (api.shop.apply(api.shop.order(("CUP", 1, 777))) for _ in range(3))
    automate.work(api.shop.pool, api.shop.merchant, api.shop.now)
    assert api.shop.say(same, v.ApproveReturn()).refusal is None
    assert api.shop.say(other, v.Reject("false_proof", "不是本店的商品")).refusal is None
    found = api.call("GET", f"{AT}/rows/{row}/shadow", key=api.key_with("read")).json
    assert (found["mode"], found["fitted"], found["decided"], found["agree"], found["differ"]) == ("shadow", 3, 2, 1, 1), found
    assert found["agreement"] == {"approve_return": {"approve_return": 1}, "reject": {"approve_return": 1}}
    assert [(c["case_id"], c["people"], c["strategy"]) for c in found["disagreements"]] == [(other, "reject", "approve_return")]
    assert (found["paid_by_people"], found["paid_by_row"]["currency"]) == ({"amount": 0, "currency": "CNY"}, "CNY")
    assert api.call("GET", f"{AT}/rows/{new_id()}/shadow").status == 404

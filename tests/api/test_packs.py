"""Packs over the API: documents for everybody, drafts, releases and replays for keys of the platform (PO-14, PO-18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import jsonschema
import pytest

from amends.core.actor import ALL, Actor, Party
from amends.engine import pack_start, what_if
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.keys import Shown, make_key
from tests.api.caller import Api, Got

Call = Callable[..., Got]


@pytest.fixture(scope="module")
def platform(api: Api) -> str:
    """A key of the platform that may do everything."""
    pack_start.sync(api.house.pool, api.clock.now())
    made = make_key(api.house.pool, By(Actor(Party.PLATFORM, new_id(), "平平", None, ALL)), "console", frozenset({"read", "manage_packs"}), api.clock.now())
    assert isinstance(made, Shown), made
    return made.key


@pytest.fixture
def call(api: Api, platform: str) -> Call:
    """One call with the platform's key."""
    return lambda method, path, body=None, **more: api.call(method, f"/api/v1{path}", body, key=platform, **more)


def test_the_schema_is_open_to_anyone_and_every_pack_fits_it(api: Api, call: Call):
    schema = api.call("GET", "/api/packs/schema", key="").json
    jsonschema.Draft202012Validator.check_schema(schema)
    for row in call("GET", "/packs").json["items"]:
        jsonschema.validate(call("GET", f"/packs/{row['id']}/versions/{row['version']}").json["document"], schema)


def test_a_copy_is_changed_checked_given_to_one_and_taken_back(api: Api, call: Call):
    copied = call("POST", "/packs/jd/versions/1/copy", {"zh": "接口规则", "en": "By API"}, once="copy-1")
    assert copied.status == 200, copied.raw
    assert call("POST", "/packs/jd/versions/1/copy", {"zh": "接口规则", "en": "By API"}, once="copy-1").json["pack"] == copied.json["pack"]
    at, document = f"/packs/{copied.json['pack']}/versions/1", copied.json["document"]
    document["clocks"]["review"]["span"]["amount"] = 0
    saved = call("PUT", at, {"document": document}, headers={"If-Match": copied.headers["etag"]})
    assert saved.status == 200, saved.raw
    stale = call("PUT", at, {"document": document | {"timezone": "Asia/Tokyo"}}, headers={"If-Match": copied.headers["etag"]})
    assert (stale.status, stale.json["code"]) == (422, "pack_edited")
    assert [p["path"] for p in call("GET", f"{at}/problems").json["items"]] == ["clocks.review.span"]
    assert call("POST", f"{at}/release", {"percent": 100}).json["code"] == "pack_has_problems"
    document["clocks"]["review"]["span"]["amount"] = 86_400
    assert call("PUT", at, {"document": document}).status == 200
    released = call("POST", f"{at}/release", {"merchants": [api.shop.merchant], "note": "先给一家"})
    assert (released.status, released.json["state"], released.json["holders"], released.json["release"]["merchants"]) == (200, "released", 1, [api.shop.merchant])
    assert api.shop.row(api.shop.apply(api.shop.order(("CUP", 1, 100))), "due_at")[0] == api.shop.now + timedelta(hours=24)
    assert call("PUT", at, {"document": document}).json["code"] == "pack_not_draft"
    own = api.call("GET", f"/api/v1{at}")
    assert (own.status, own.json["release"]) == (200, None)
    assert call("POST", f"{at}/withdraw").json["state"] == "withdrawn"
    assert api.call("GET", f"/api/v1{at}").status == 404
    assert [v["version"] for v in call("GET", f"/packs/{copied.json['pack']}/versions").json["items"]] == [1]


def test_a_replay_is_asked_for_watched_and_read(api: Api, call: Call):
    case = api.shop.apply(api.shop.order(("CUP", 1, 100)))
    copied = call("POST", "/packs/jd/versions/1/copy", {"zh": "重演", "en": "Replay"}).json
    at, document = f"/packs/{copied['pack']}/versions/1", copied["document"]
    document["clocks"]["review"]["span"]["amount"] = 4 * 3600
    assert call("PUT", at, {"document": document}).status == 200
    api.clock.at += timedelta(minutes=1)
    asked = call("POST", f"{at}/what-if", {"days": 30}, once="run-1")
    assert asked.status == 200, asked.raw
    assert call("POST", f"{at}/what-if", {"days": 30}, once="run-1").json["id"] == asked.json["id"]
    while what_if.work(api.house.pool, api.clock.now()):
        pass
    run = call("GET", f"/what-if-runs/{asked.json['id']}").json
    assert run["looked"] == run["total"] == run["differing"] > 0
    found = call("GET", f"/what-if-runs/{asked.json['id']}/differences?difference_kind=clock_shorter&limit=1").json
    rest = call("GET", f"/what-if-runs/{asked.json['id']}/differences?difference_kind=clock_shorter&limit=200&cursor={found['next']}").json["items"] if found["next"] else []
    assert case in {d["case_id"] for d in [*found["items"], *rest]}
    assert {d["about"] for d in found["items"]} == {"review"}


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/packs/jd/versions/1/withdraw"), ("POST", "/packs/jd/versions"), ("GET", "/packs/jd/versions/1/problems"), ("GET", f"/what-if-runs/{new_id()}"),
], ids=["withdraw", "draft", "problems", "run"])
def test_a_merchants_key_may_not(api: Api, method: str, path: str):
    assert api.call(method, f"/api/v1{path}").json["code"] == "not_yours"


def test_a_version_nobody_has_is_not_there(call: Call):
    assert [call("GET", f"/packs/{p}").status for p in ("jd/versions/99999999999999999999", "nothing/versions/1", "nothing")] == [404, 404, 404]

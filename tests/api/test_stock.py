"""Stock over HTTP: counts with versions, thousands at once, what is held and what moved, what an ERP declares (ST-K3, ST-K4)."""

from amends.core.verbs import review as v

STOCK = "/api/v1/stock"


def test_a_count_with_an_old_version_is_stale(api):
    first = api.call("PUT", f"{STOCK}/VERSIONED", {"on_hand": 24, "version": 7})
    assert (first.status, first.json["result"], first.json["version"], first.json["free"]) == (200, "counted", 7, 24)
    assert api.call("PUT", f"{STOCK}/VERSIONED", {"on_hand": 3, "version": 6}).json["result"] == "stale"
    assert api.call("GET", f"{STOCK}/VERSIONED").json["on_hand"] == 24


def test_many_lines_each_with_its_own_answer(api):
    items = [
        {"sku": "M1", "on_hand": 5, "version": 2, "message_id": "a"}, {"sku": "M1", "change": -2, "message_id": "b"}, {"sku": "M1", "warehouse": "南仓", "on_hand": 9},
        {"sku": "M1", "on_hand": 1, "version": 1}, {"sku": "M1", "change": -9, "message_id": "c"}, {"sku": "M1", "change": -2, "message_id": "b"},
    ]
    tried = api.call("POST", f"{STOCK}?dry_run=true", {"items": items})
    assert (tried.status, tried.json["counted"]) == (200, 2)
    assert api.call("GET", f"{STOCK}/M1").status == 404
    told = api.call("POST", STOCK, {"items": items}).json
    assert [r["result"] for r in told["results"]] == ["counted", "changed", "counted", "stale", "refused", "again"]
    assert [told[name] for name in ("counted", "changed", "stale", "again", "refused")] == [2, 1, 1, 1, 1]
    assert told["results"][4]["errors"][0]["code"] == "stock_below_zero"
    assert api.call("GET", f"{STOCK}/M1?warehouse=%E5%8D%97%E4%BB%93").json["on_hand"] == 9
    assert [i["warehouse"] for i in api.call("GET", f"{STOCK}?warehouse=%E5%8D%97%E4%BB%93").json["items"]] == ["南仓"]


def test_the_same_request_again_counts_once(api):
    body = {"items": [{"sku": "ONCE", "on_hand": 5}, {"sku": "ONCE", "change": 3}]}
    for _ in range(2):
        assert api.call("POST", STOCK, body, once="stock-once").status == 200
    assert api.call("GET", f"{STOCK}/ONCE").json["on_hand"] == 8


def test_what_is_wrong_is_named_by_its_place(api):
    wrong = api.call("POST", STOCK, {"items": [{"sku": "A", "on_hand": "7"}, {"on_hand": 1, "change": "x", "y": 1}, 3]})
    assert wrong.status == 422
    assert {e["field"] for e in wrong.json["errors"]} == {"items[0].on_hand", "items[1].sku", "items[1].change", "items[1].y", "items[2]"}
    assert api.call("POST", STOCK, {"items": []}).status == 422
    assert api.call("POST", STOCK, {"items": [{"sku": "A", "on_hand": 1}]}, key=api.key_with("read")).status == 403


def test_what_is_held_and_what_moved(api):
    case = api.shop.apply(api.shop.order(("MUG", 1, 2000)), "return")
    assert api.shop.say(case, v.ReissueWithoutReturn()).refusal is None
    held = api.call("GET", "/api/v1/holds?of_sku=MUG").json["items"]
    assert [(h["case_id"], h["quantity"], h["expires_at"]) for h in held] == [(case, 1, None)]
    moved = api.call("GET", f"{STOCK}/MUG/moves?limit=1").json
    assert (moved["items"][0]["kind"], moved["items"][0]["case_id"], moved["items"][0]["held"], moved["items"][0]["actor"]) == ("held", case, 1, "阿海")
    assert api.call("GET", "/api/v1/holds?cursor=x").status == 422


def test_the_erp_declares_that_it_knows_holds(api):
    assert api.call("PUT", "/api/v1/stock-connector", {"name": "erp-a", "holds": True}).json == {"name": "erp-a", "holds": True}
    assert api.shop.all("select settings -> 'stock_connector' from merchants where id = %s", api.shop.merchant) == [({"name": "erp-a", "holds": True},)]
    assert api.call("PUT", "/api/v1/stock-connector", {"name": "erp-a"}).status == 422
    assert api.call("PUT", "/api/v1/stock-connector", {"name": "x" * 41, "holds": True}).status == 422

"""Commands for many, tried without acting, lists with cursors, and the collections beside cases (IN-2, SO-7, SO-33, OR-6)."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from amends.core.verbs.desk import Claim
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope

LIST = "/api/v1/service-orders"


@pytest.fixture
def cases(api):
    """Three service orders of one order, the second given up by the buyer."""
    order = api.shop.order(("CUP", 1, 100), ("CUP", 1, 200), ("CUP", 1, 300))
    made = [api.shop.apply(order, line=n) for n in range(3)]
    api.call("POST", f"{LIST}/{made[1]}/withdraw", {}, as_=api.buyer())
    return made


def everything(api):
    """Counts of all that a command could write."""
    return [api.shop.all(f"select count(*) from {t}")[0][0] for t in ("events", "outbox", "commands_done", "audit", "granted_refunds", "messages", "parcels")]


def test_a_batch_answers_each_case_for_itself(api, cases):
    body = {"fields": {"words": "请寄回"}, "items": [{"id": cases[0], "version": 1}, {"id": cases[1]}, {"id": cases[2], "version": 9}, {"id": new_id()}, {"id": cases[2], "fields": {"freight_by": "x"}}]}
    got = api.call("POST", f"{LIST}/batch/approve_return", body)
    assert (got.status, got.json["done"], got.json["refused"]) == (200, 1, 4)
    statuses = [(r["status"], r["problem"] and r["problem"]["code"]) for r in got.json["results"]]
    assert statuses == [(200, None), (409, "not_now"), (412, "version_conflict"), (404, "case_unknown"), (422, "not_a_choice")]
    assert [r["id"] for r in got.json["results"]] == [i["id"] for i in body["items"]]
    assert got.json["results"][0]["done"]["state"] == "awaiting_return"
    assert got.json["results"][1]["problem"]["possible"] == ["note", "say"]
    assert api.shop.all("select body->'input'->>'words' from events where case_id = %s and version = 2", cases[0]) == [("请寄回",)]


def test_a_batch_sent_again_acts_once(api, cases):
    body, once = {"items": [{"id": c} for c in cases], "fields": {"words": "看一下"}}, new_id()
    first, again = (api.call("POST", f"{LIST}/batch/note", body, once=once) for _ in range(2))
    assert (first.json["done"], first.raw) == (3, again.raw)
    assert again.headers["idempotency-replayed"] == "true"
    assert [api.shop.all("select count(*) from events where case_id = %s and name = 'noted'", c)[0][0] for c in cases] == [1, 1, 1]


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [{"id": "x"}]}, {"items": [3]}, {"items": [{}] * 501}, {"items": [{"id": new_id(), "version": "1"}]}, {"items": [{"id": new_id()}], "x": 1}])
def test_a_batch_without_sense_is_refused_as_a_whole(api, body):
    got = api.call("POST", f"{LIST}/batch/note", body)
    assert got.status == 422
    assert got.json["errors"]


def test_a_dry_run_tells_what_would_follow_and_writes_nothing(api, cases):
    before = everything(api)
    got = api.call("POST", f"{LIST}/{cases[0]}/refund_without_return?dry_run=true", {})
    assert (got.status, got.json["dry_run"], got.json["state"], got.json["version"]) == (200, True, "confirming", 1)
    pay = next(e for e in got.json["plan"]["effects"] if e["effect"] == "pay_refund")
    assert (pay["amount"], pay["currency"]) == (100, "CNY")
    assert got.json["plan"]["clock"]["name"] == "confirm"
    refused = api.call("POST", f"{LIST}/{cases[0]}/refund_without_return?dry_run=true", {"amount": 101, "adjust_reason": "x"})
    assert (refused.status, refused.json["code"], refused.json["errors"][0]["field"]) == (422, "refund_above_cap", "amount")
    many = api.call("POST", f"{LIST}/batch/approve_return?dry_run=true", {"items": [{"id": c} for c in cases]})
    assert (many.json["done"], many.json["refused"], many.json["dry_run"]) == (2, 1, True)
    assert many.json["results"][0]["foreseen"]["state"] == "awaiting_return"
    assert everything(api) == before


def test_the_key_of_a_dry_run_may_be_used_for_the_act(api, cases):
    once = new_id()
    assert api.call("POST", f"{LIST}/{cases[0]}/approve_return?dry_run=true", {}, once=once).json["dry_run"]
    assert api.call("POST", f"{LIST}/{cases[0]}/approve_return", {}, once=once).json["version"] == 2


def test_one_case_says_what_the_caller_may_do_and_why_not(api, cases):
    api.shop.say(cases[0], Claim(), api.shop.xia)
    got = api.call("GET", f"{LIST}/{cases[0]}", headers={"Accept-Language": "en"}).json
    moves = {c["command"]: c for c in got["available_commands"]}
    assert moves["approve_return"]["blocked"]["code"] == "claimed_by_other"
    assert "知夏" in moves["approve_return"]["blocked"]["detail"]
    assert (moves["note"]["blocked"], moves["note"]["label"]) == (None, "Note")
    assert moves["note"]["href"] == f"{LIST}/{cases[0]}/note"
    assert [d["name"] for d in got["deadlines"]] == ["review"]
    assert got["deadlines"][0]["due_at"] == got["due_at"] == (api.shop.now + timedelta(hours=48)).isoformat().replace("+00:00", "Z")
    assert (got["granted"], got["moved"]) == ({"amount": 0, "currency": "CNY"}, {"amount": 0, "currency": "CNY"})
    poor = api.call("GET", f"{LIST}/{cases[0]}", key=api.key_with("read", "service_order.note")).json
    assert [c["command"] for c in poor["available_commands"]] == ["note"]


def test_a_walk_by_cursor_meets_every_case_once_in_order(api):
    made = []
    for n in range(7):
        api.shop.now += timedelta(seconds=n % 3)
        made.append(api.shop.apply(api.shop.order(("CUP", 1, 100), buyer_id="buyer-lin")))
    for sort in ("opened_at", "due_at"):
        seen, cursor = [], ""
        while True:
            page = api.call("GET", f"{LIST}?limit=2&sort={sort}&open=true" + (f"&cursor={cursor}" if cursor else "")).json
            seen += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        ids = [row["id"] for row in seen]
        assert len(ids) == len(set(ids))
        assert set(made) <= set(ids)
        keys = [row[sort] for row in seen]
        assert keys == sorted(keys, reverse=sort == "opened_at")
    for wrong in ("zzz", "bnVsbA", "WzFd", "é"):
        assert api.call("GET", f"{LIST}?cursor={wrong}").status == 422


def test_filters_choose_and_bad_ones_are_named(api, cases):
    def ids(query):
        return {row["id"] for row in api.call("GET", f"{LIST}?limit=200&{query}").json["items"]}

    assert cases[1] in ids("state=withdrawn,completed")
    assert cases[0] not in ids("state=withdrawn")
    assert ids(f"order_id={api.call('GET', f'{LIST}/{cases[0]}').json['order_id']}") == set(cases)
    number = api.call("GET", f"{LIST}/{cases[2]}").json["number"]
    assert ids(f"number={number}") == {cases[2]}
    assert ids("buyer_id=nobody") == set()
    assert cases[1] in ids("open=false")
    assert ids("opened_from=2030-01-01T00:00:00Z") == set()
    for query in ("state=flying", "open=1", "limit=0", "limit=201", "limit=x", "opened_to=2026-01-01", "order_id=7", "waits_on=me", "sort=name"):
        got = api.call("GET", f"{LIST}?{query}")
        assert (got.status, got.json["errors"][0]["field"]) == (422, query.split("=")[0])


def test_events_tell_who_did_what_in_pages(api, cases):
    api.call("POST", f"{LIST}/{cases[0]}/approve_return", {})
    api.call("POST", f"{LIST}/{cases[0]}/book_pickup", {"address": "河北省廊坊市广阳区银河大街 1 号", "starts": "2026-03-03T09:00:00+08:00"}, as_=api.buyer())
    first = api.call("GET", f"{LIST}/{cases[0]}/events?limit=2").json
    rest = api.call("GET", f"{LIST}/{cases[0]}/events?cursor={first['next']}").json
    events = first["items"] + rest["items"]
    assert [(e["version"], e["name"], e["by"]["party"]) for e in events] == [(1, "applied", "buyer"), (2, "return_approved", "merchant"), (3, "pickup_booked", "buyer")]
    assert rest["next"] is None
    assert events[2]["body"]["input"]["address"] == "河北省廊坊市广阳区***"
    shown = api.call("GET", f"{LIST}/{cases[0]}/events?cursor={first['next']}&reveal=true").json["items"][0]
    assert shown["body"]["input"]["address"] == "河北省廊坊市广阳区银河大街 1 号"


def test_applying_over_http(api):
    order = api.shop.order(("CUP", 2, 19900))
    options = api.call("GET", f"/api/v1/orders/{order}/options", as_=api.buyer()).json
    returned = next(t for t in options["lines"][0]["types"] if t["type"] == "return")
    assert (returned["allowed"], options["lines"][0]["left"]) == (True, 2)
    assert api.call("GET", f"/api/v1/orders/{order}/options", as_=api.buyer("other")).status == 404
    body, once = {"order_id": order, "items": [{"line_id": api.shop.lines[order][0], "quantity": 2, "type": "return", "reason": "no_reason"}]}, new_id()
    first, again = (api.call("POST", LIST, body, once=once, as_=api.buyer()) for _ in range(2))
    assert (first.status, first.raw, again.headers["idempotency-replayed"]) == (200, again.raw, "true")
    assert first.json["number"].startswith("A-2026-")
    twice = api.call("POST", LIST, body, as_=api.buyer()).json
    assert twice["cases"] == [first.json["cases"][0] | {"existing": True}]
    wrong = {"order_id": order, "items": [{"line_id": api.shop.lines[order][0], "quantity": 9, "type": "fly", "reason": "no_reason", "why": 1}, {"line_id": new_id()}]}
    assert {e["field"] for e in api.call("POST", LIST, wrong).json["errors"]} >= {"items[0].type", "items[0].why", "items[1].quantity", "items[1].reason"}
    closed = api.shop.order(("CUP", 1, 100), received=False)
    refused = api.call("POST", LIST, {"order_id": closed, "items": [{"line_id": api.shop.lines[closed][0], "quantity": 1, "type": "return", "reason": "no_reason"}]})
    assert (refused.status, refused.json["code"], refused.json["instead"]["href"]) == (409, "after_sales_before_receipt", "/api/v1/cancellations")
    assert api.call("POST", LIST, body, key=api.key_with("read")).json["code"] == "permission_missing"


def test_photos_are_pictures_and_may_be_named_in_an_application(api):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    made = api.call("POST", "/api/v1/photos", out.getvalue(), headers={"Content-Type": "image/png"})
    assert made.status == 200
    order = api.shop.order(("CUP", 1, 100))
    item = {"line_id": api.shop.lines[order][0], "quantity": 1, "type": "return", "reason": "quality_fault", "description": "裂了", "photos": [made.json["id"]]}
    assert api.call("POST", LIST, {"order_id": order, "items": [item]}, as_=api.buyer()).status == 200
    assert api.call("POST", "/api/v1/photos", b"no picture", headers={"Content-Type": "image/png"}).json["errors"][0]["field"] == "photos"


MONEY = {"amount": 12900, "currency": "CNY"}


def record(number, **more):
    """One order as a shop sends it."""
    return {
        "number": number, "state": "received", "buyer_id": "lin-88", "currency": "CNY", "placed_at": "2026-02-25T10:00:00+08:00", "receiver": "周小满", "phone": "13812340071",
        "receipt_confirmed_at": "2026-03-01T09:00:00+08:00", "lines": [{"sku": "CUP", "title": "杯子", "quantity": 1, "unit_price": MONEY, "paid": MONEY}],
        "payments": [{"provider": "wechat", "ref": number, "amount": MONEY}], **more,
    }


def test_orders_come_in_and_a_bad_one_never_stops_the_good_ones(api):
    body, once = {"orders": [record("W-1"), record("W-2", state="eaten", lines=[]), record("W-3")]}, new_id()
    first, again = (api.call("POST", "/api/v1/orders", body, once=once) for _ in range(2))
    assert first.status == 200
    assert [first.json[k] for k in ("new", "changed", "same", "refused")] == [2, 0, 0, 1]
    assert first.json["results"][1]["errors"][0]["field"] == "state"
    assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")
    third = api.call("POST", "/api/v1/orders", {"orders": [record("W-1"), record("W-3", buyer_level=3)]}).json
    assert [r["status"] for r in third["results"]] == ["same", "changed"]
    assert api.call("POST", "/api/v1/orders", body, key=api.key_with("read")).status == 403
    for wrong in ({}, {"orders": []}, {"orders": [1]}, {"orders": [record("W-9")], "x": 1}):
        assert api.call("POST", "/api/v1/orders", wrong).status == 422


def test_an_order_is_shown_with_its_parts_and_its_buyer_masked(api):
    made = api.call("POST", "/api/v1/orders", {"orders": [record("W-7")]}).json["results"][0]["id"]
    order = api.call("GET", f"/api/v1/orders/{made}").json
    assert (order["receiver"], order["phone"], order["paid"]) == ("周**", "138****0071", MONEY)
    assert (order["lines"][0]["sku"], order["payments"][0]["ref"], order["cases"]) == ("CUP", "W-7", [])
    shown = api.call("GET", f"/api/v1/orders/{made}?reveal=true").json
    assert (shown["receiver"], shown["phone"]) == ("周小满", "13812340071")
    on_record = "select actor_name, host(address) from audit where action = 'revealed' and subject_kind = 'order' and subject_id = %s"
    assert api.shop.all(on_record, made) == [("钥匙", "127.0.0.1")], "each reveal is on record, and nothing else is"
    refused = api.call("GET", f"/api/v1/orders/{made}?reveal=true", key=api.key_with("read"))
    assert (refused.status, refused.json["code"]) == (403, "permission_missing")
    found = api.call("GET", "/api/v1/orders?number=W-7").json
    assert [o["id"] for o in found["items"]] == [made]
    page = api.call("GET", "/api/v1/orders?limit=1&state=received").json
    assert api.call("GET", f"/api/v1/orders?limit=1&state=received&cursor={page['next']}").json["items"][0]["id"] != page["items"][0]["id"]
    assert api.call("GET", "/api/v1/orders?state=eaten").status == 422


def test_stock_is_counted_and_what_is_held_cannot_be_counted_away(api):
    assert api.call("GET", "/api/v1/stock/TEA").status == 404
    got = api.call("PUT", "/api/v1/stock/TEA", {"on_hand": 24})
    assert (got.status, got.json["on_hand"], got.json["free"]) == (200, 24, 24)
    assert api.call("PUT", "/api/v1/stock/TEA", {"on_hand": 24}).status == 200
    assert len(api.shop.all("select 1 from audit where action = 'stock_counted' and subject_id = 'TEA'")) == 1

    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute("update stock set held = 5 where sku = 'TEA'")
    refused = api.call("PUT", "/api/v1/stock/TEA", {"on_hand": 4})
    assert (refused.status, refused.json["code"]) == (422, "stock_held")
    assert api.call("PUT", "/api/v1/stock/TEA?warehouse=north", {"on_hand": 1}).json["warehouse"] == "north"
    assert {e["field"] for e in api.call("PUT", "/api/v1/stock/TEA", {"on_hand": "4", "x": 1}).json["errors"]} == {"on_hand", "x"}
    first = api.call("GET", "/api/v1/stock?limit=1").json
    assert api.call("GET", f"/api/v1/stock?cursor={first['next']}").json["items"][0]["sku"] != first["items"][0]["sku"]
    assert api.call("PUT", "/api/v1/stock/TEA", {"on_hand": 1}, key=api.key_with("read")).status == 403


def test_merchant_staff_and_packs(api):
    assert [m["id"] for m in api.call("GET", "/api/v1/merchants").json["items"]] == [api.shop.merchant]
    merchant = api.call("GET", f"/api/v1/merchants/{api.shop.merchant}").json
    assert [a["id"] for a in merchant["addresses"]] == [api.shop.address]

    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute("insert into people (id, merchant_id, email, name) values (%s, %s, 'xia@example.com', '知夏')", (new_id(), api.shop.merchant))
    assert [(p["name"], p["email"]) for p in api.call("GET", "/api/v1/staff").json["items"]] == [("知夏", "xia@example.com")]
    assert [p["email"] for p in api.call("GET", "/api/v1/staff", key=api.key_with("read")).json["items"]] == [None]
    assert "jd" in [p["id"] for p in api.call("GET", "/api/v1/packs").json["items"]]
    pack = api.call("GET", "/api/v1/packs/jd").json
    assert pack["rules"]["clocks"]["review"]["span"] == {"kind": "elapsed", "amount": 172800, "before": 0, "by": 0, "next_working": False}
    assert api.call("GET", "/api/v1/packs/none").status == 404


NASTY = ["a\x00b", "\ud800", "\u202e\U0010ffff", "' or 1=1 --", "{words}", "%s %(id)s", "\x1b[31m"]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_the_house(api, text):
    case = api.shop.apply(api.shop.order(("CUP", 1, 100)))
    order = api.shop.order(("CUP", 1, 100))
    item = {"line_id": api.shop.lines[order][0], "quantity": 1, "type": "return", "reason": text, "description": text}
    for path, body in (
        (f"{LIST}/{case}/note", {"words": text}), (f"{LIST}/{case}/reject", {"reason": text, "words": text}), (f"{LIST}/{case}/note", {text: 1}), (f"{LIST}/batch/note", {"items": [{"id": case}], "fields": {"words": text}}),
        (LIST, {"order_id": order, "items": [item], "replacement_address": text}), ("/api/v1/orders", {"orders": [record("N" + text, receiver=text)]}),
        ("/api/v1/orders", {"orders": [record("N1", facts={text: text})]}), ("/api/v1/orders", {text: 1}),
    ):
        got = api.call("POST", path, body)
        assert got.status in (200, 409, 422), f"{path} {got.status} {got.raw!r}"
    for path in (f"{LIST}?buyer_id=%00", "/api/v1/stock/%00", "/api/v1/stock/a%0ab", "/api/v1/packs/%00", f"{LIST}/{case}/%00", f"{LIST}?state=%00"):
        assert api.call("GET", path).status in (404, 405, 422), path
    assert api.call("GET", f"{LIST}/{case}", as_="buyer/%00").status == 422


def test_receipt_is_confirmed_by_the_buyers_word_or_a_key_with_leave(api):
    """OR-4: told once or ten times, it is confirmed once; nobody else's order, and not before it was sent."""
    order = api.shop.order(("CUP", 1, 100), received=False)
    path = f"/api/v1/orders/{order}/confirm_receipt"
    assert api.call("POST", path, as_=api.buyer("other")).status == 404
    assert api.call("POST", path, key=api.key_with("read")).status == 403
    first, again = (api.call("POST", path, as_=api.buyer()) for _ in range(2))
    assert (first.status, first.json["state"], first.json["number"]) == (200, "received", api.call("GET", f"/api/v1/orders/{order}").json["number"])
    assert again.json == first.json
    by_key = api.shop.order(("CUP", 1, 100), received=False)
    assert api.call("POST", f"/api/v1/orders/{by_key}/confirm_receipt").json["state"] == "received"
    assert api.shop.all("select count(*) from audit where action = 'receipt_confirmed' and subject_id = %s", by_key) == [(1,)]
    early = api.shop.order(("CUP", 1, 100), received=False, state="preparing")
    assert api.call("POST", f"/api/v1/orders/{early}/confirm_receipt").status == 409

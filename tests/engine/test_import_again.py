"""Importing again: nothing doubled, only what differs written, and what the house knows better is not lost."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from amends.core.orders import Order
from amends.engine.audit import By
from amends.engine.ids import new_id, new_ids
from amends.engine.importing import run, uploads
from amends.engine.importing.source import Source
from amends.engine.orders import confirm_receipts, take_in
from amends.store import imports
from amends.store import orders as store
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.importer import HEADER, NOW, bring, merchant, orders, plan, rows

EVERYTHING = "select (select array_agg(o order by o.id) from orders o where merchant_id = {m})::text, " + ", ".join(
    f"(select array_agg(x order by x.id) from {t} x where merchant_id = {{m}})::text" for t in ("order_lines", "payments", "parcels"))


def record(number: str = "A1", **changed: Any) -> dict[str, Any]:
    paid = {"amount": 19900, "currency": "CNY"}
    return {
        "number": number, "state": "shipped", "buyer_id": "林", "currency": "CNY", "placed_at": "2026-02-20T10:00:00+08:00", "receiver": "林小满",
        "lines": [{"sku": "CUP", "title": "杯子", "quantity": 2, "paid": {"amount": 10000, "currency": "CNY"}}, {"sku": "POT", "title": "壶", "paid": {"amount": 9900, "currency": "CNY"}}],
        "payments": [{"provider": "wx", "ref": f"p-{number}", "amount": paid, "paid_at": "2026-02-20T10:01:00+08:00"}],
        "parcels": [{"carrier": "sf", "waybill": f"SF-{number}"}], **changed,
    }


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def statuses(answers: list[Any]) -> list[str]:
    return [a.status for a in answers]


def test_one_or_thousands_answered_by_index(pool: Pool) -> None:
    shop = merchant(pool)
    answers = take_in(pool, shop, [record("A1"), {"number": 5}, record("A2"), record("A1"), record("A3", payments=record("A2")["payments"])], NOW)
    assert statuses(answers) == ["new", "refused", "new", "refused", "refused"]
    assert [r.code for r in answers[3].refusals] == ["order_twice"]
    assert [r.code for r in answers[4].refusals] == ["payment_elsewhere"]
    assert len(answers[1].refusals) > 3
    assert rows(pool, shop, "select id::text from orders where merchant_id = {m} order by number") == [(answers[0].id,), (answers[2].id,)]


def test_the_same_again_changes_not_a_single_row(pool: Pool) -> None:
    shop = merchant(pool)
    records = [record(f"A{i}") for i in range(50)]
    first = take_in(pool, shop, records, NOW)
    before = rows(pool, shop, EVERYTHING)
    second = take_in(pool, shop, records, NOW + timedelta(hours=1))
    assert statuses(second) == ["same"] * 50
    assert [a.id for a in second] == [a.id for a in first]
    assert rows(pool, shop, EVERYTHING) == before


@pytest.mark.parametrize(("change", "query", "expected"), [
    ({"state": "delivered", "delivered_at": "2026-03-01T10:00:00+08:00"}, "select state from orders", [("delivered",)]),
    ({"remarks": "客户要求周末送"}, "select remarks from orders", [("客户要求周末送",)]),
    ({"lines": [*record()["lines"], {"sku": "LID", "title": "盖"}]}, "select sku from order_lines", [("CUP",), ("LID",), ("POT",)]),
    ({"lines": record()["lines"][:1]}, "select sku from order_lines", [("CUP",)]),
    ({"lines": [{**record()["lines"][0], "title": "新杯子"}, record()["lines"][1]]}, "select title from order_lines", [("壶",), ("新杯子",)]),
    ({"payments": [*record()["payments"], {"provider": "ali", "ref": "x", "amount": money(1)}]}, "select amount_minor from payments", [(1,), (19900,)]),
    ({"parcels": [{"carrier": "sf", "waybill": "SF-A1", "signed_at": "2026-03-01T10:00:00+08:00"}]}, "select signed_at is not null from parcels", [(True,)]),
    ({"parcels": [*record()["parcels"], {"carrier": "yt", "waybill": "YT1"}]}, "select waybill from parcels", [("SF-A1",), ("YT1",)]),
])
def test_what_differs_is_written_and_counted(pool: Pool, change: dict[str, Any], query: str, expected: list[Any]) -> None:
    shop = merchant(pool)
    take_in(pool, shop, [record(), record("A2")], NOW)
    changed = take_in(pool, shop, [record(**change), record("A2")], NOW)
    assert statuses(changed) == ["changed", "same"]
    tail = " where merchant_id = {m} and " + ("number = 'A1'" if "from orders" in query else f"order_id = '{changed[0].id}'") + " order by 1"
    assert rows(pool, shop, query + tail) == expected
    assert rows(pool, shop, "select version from orders where merchant_id = {m} order by number") == [(2,), (1,)]
    assert statuses(take_in(pool, shop, [record(**change), record("A2")], NOW)) == ["same", "same"]


def test_lines_in_another_order_are_the_same_lines(pool: Pool) -> None:
    shop = merchant(pool)
    lines = [*record()["lines"], {**record()["lines"][0], "paid": money(5)}]
    take_in(pool, shop, [record(lines=lines, payments=None)], NOW)
    before = rows(pool, shop, EVERYTHING)
    answers = take_in(pool, shop, [record(lines=[lines[1], lines[0], lines[2]], payments=None)], NOW)
    assert statuses(answers) == ["same"]
    assert rows(pool, shop, EVERYTHING) == before


def test_money_without_a_named_payment_was_taken_by_hand_until_the_payment_is_named(pool: Pool) -> None:
    shop = merchant(pool)
    answer = take_in(pool, shop, [record(payments=None)], NOW)
    assert statuses(answer) == ["new"]
    query = "select provider, provider_ref, amount_minor from payments where merchant_id = {m}"
    assert rows(pool, shop, query) == [("manual", "A1", 19900)]
    assert statuses(take_in(pool, shop, [record(payments=None)], NOW)) == ["same"]
    assert statuses(take_in(pool, shop, [record()], NOW)) == ["changed"]
    assert rows(pool, shop, query) == [("wx", "p-A1", 19900)]
    _refund(pool, shop, 100)
    other = {**record()["payments"][0], "ref": "p-other"}
    assert [r.code for r in take_in(pool, shop, [record(payments=[other])], NOW)[0].refusals] == ["payment_in_use"]
    unpaid = take_in(pool, shop, [record("A2", payments=None, state="pending_payment")], NOW)
    assert rows(pool, shop, f"select paid_minor from orders where merchant_id = {{m}} and id = '{unpaid[0].id}'") == [(0,)]


def _refund(pool: Pool, shop: str, amount: int) -> None:
    with scope(pool, UUID(shop)) as conn:
        conn.execute("update orders set refunded_minor = %s where merchant_id = %s", (amount, shop))
        conn.execute("update order_lines set refunded_minor = %s where merchant_id = %s and sku = 'CUP'", (amount, shop))
        conn.execute("update payments set refunded_minor = %s where merchant_id = %s", (amount, shop))


def test_money_given_back_here_is_not_forgotten(pool: Pool) -> None:
    shop = merchant(pool)
    take_in(pool, shop, [record()], NOW)
    _refund(pool, shop, 5000)
    assert statuses(take_in(pool, shop, [record()], NOW)) == ["same"]
    assert statuses(take_in(pool, shop, [record(refunded=money(4000), state="delivered")], NOW)) == ["changed"]
    got = "select refunded_minor from {t} where merchant_id = {{m}} order by 1 desc limit 1"
    assert [rows(pool, shop, got.format(t=t)) for t in ("orders", "order_lines", "payments")] == [[(5000,)]] * 3


@pytest.mark.parametrize(("change", "code"), [
    ({"payments": [{**record()["payments"][0], "amount": money(4000)}], "paid": money(4000)}, "paid_below_refunded"),
    ({"lines": [{**record()["lines"][0], "paid": money(10)}, record()["lines"][1]]}, "paid_below_refunded"),
    ({"lines": record()["lines"][1:]}, "line_in_use"),
])
def test_what_would_contradict_a_refund_is_refused_and_the_rest_goes_in(pool: Pool, change: dict[str, Any], code: str) -> None:
    shop = merchant(pool)
    take_in(pool, shop, [record()], NOW)
    _refund(pool, shop, 5000)
    before = rows(pool, shop, EVERYTHING)
    answers = take_in(pool, shop, [record(**change), record("A2")], NOW)
    assert statuses(answers) == ["refused", "new"]
    assert code in {r.code for r in answers[0].refusals}
    assert rows(pool, shop, EVERYTHING.replace("where merchant_id", "where number = 'A1' and merchant_id", 1))[0][0] == before[0][0]


def test_a_line_with_a_case_stays(pool: Pool) -> None:
    shop = merchant(pool)
    order = take_in(pool, shop, [record()], NOW)[0].id
    with scope(pool, UUID(shop)) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, opened_at, order_id, line_id) select merchant_id, %s, 'service_order', 'S1', 'reviewing', "
            "'merchant', now(), order_id, id from order_lines where merchant_id = %s and sku = 'POT'", (uuid4(), shop))
    answers = take_in(pool, shop, [record(lines=record()["lines"][:1])], NOW)
    assert [r.code for r in answers[0].refusals] == ["line_in_use"]
    assert len(rows(pool, shop, f"select 1 from order_lines where merchant_id = {{m}} and order_id = '{order}'")) == 2


def test_a_confirmed_receipt_is_not_taken_back_by_a_shop_that_does_not_know(pool: Pool) -> None:
    shop = merchant(pool, confirm_after_days=3)
    delivered = record(state="delivered", delivered_at="2026-02-28T10:00:00+08:00")
    assert statuses(take_in(pool, shop, [delivered], NOW - timedelta(days=1))) == ["new"]
    assert rows(pool, shop, "select state from orders where merchant_id = {m}") == [("delivered",)]
    due = datetime.fromisoformat("2026-03-03T10:00:00+08:00")
    assert confirm_receipts(pool, due - timedelta(seconds=1)) == 0
    assert confirm_receipts(pool, due) == 1
    assert rows(pool, shop, "select state, receipt_confirmed_at from orders where merchant_id = {m}") == [("received", due)]
    assert statuses(take_in(pool, shop, [delivered], due - timedelta(hours=1))) == ["same"]
    assert rows(pool, shop, "select state, receipt_confirmed_at from orders where merchant_id = {m}") == [("received", due)]


def test_a_dry_run_tells_the_same_figures_and_writes_nothing(pool: Pool) -> None:
    shop = merchant(pool)
    text = HEADER + "\n" + "\n".join(f"A{i},林,2026-03-01,{i}.00,江苏省,CUP,杯子,1" for i in range(1, 101)) + "\nB,林,x,1,江苏省,CUP,杯子,1\n"
    dry, refused = bring(pool, shop, text, dry_run=True)
    assert (dry.new, dry.refused, len(refused)) == (100, 1, 1)
    assert [rows(pool, shop, f"select count(*) from {t} where merchant_id = {{m}}")[0][0] for t in ("orders", "order_lines", "skus", "payments", "parcels")] == [0] * 5
    real, _ = bring(pool, shop, text)
    assert (real.new, real.refused) == (100, 1)
    before = rows(pool, shop, EVERYTHING)
    dry, _ = bring(pool, shop, text.replace(",7.00,", ",7.50,"), dry_run=True)
    assert (dry.new, dry.changed, dry.unchanged, dry.refused) == (0, 1, 99, 1)
    assert rows(pool, shop, EVERYTHING) == before


def test_goods_are_entered_once_and_left_as_somebody_wrote_them(pool: Pool) -> None:
    shop = merchant(pool)
    take_in(pool, shop, [record()], NOW)
    with scope(pool, UUID(shop)) as conn:
        conn.execute("update skus set title = '杯子（改）' where merchant_id = %s and sku = 'CUP'", (shop,))
    take_in(pool, shop, [record("A2")], NOW)
    assert rows(pool, shop, "select sku, title from skus where merchant_id = {m} order by sku") == [("CUP", "杯子（改）"), ("POT", "壶")]
    assert rows(pool, shop, "select count(*) from stock where merchant_id = {m}") == [(0,)]


def test_one_merchants_import_never_touches_another(pool: Pool) -> None:
    mill, kiln = merchant(pool), merchant(pool)
    take_in(pool, mill, [record()], NOW)
    before = rows(pool, mill, EVERYTHING)
    assert statuses(take_in(pool, kiln, [record(buyer_id="王")], NOW)) == ["new"]
    assert rows(pool, mill, EVERYTHING) == before


def test_a_parcel_with_two_orders_is_kept_once_and_both_know_it(pool: Pool) -> None:
    shop = merchant(pool)
    parcel = [{"carrier": "sf", "waybill": "SF9"}]
    answers = take_in(pool, shop, [record("A1", parcels=parcel), record("A2", parcels=parcel)], NOW)
    assert statuses(answers) == ["new", "new"]
    assert rows(pool, shop, "select order_id::text from parcels where merchant_id = {m}") == [(answers[0].id,)]
    assert rows(pool, shop, "select facts -> 'waybills' from orders where merchant_id = {m}") == [([["sf", "SF9"]],)] * 2
    assert statuses(take_in(pool, shop, [record("A1", parcels=parcel), record("A2", parcels=parcel)], NOW)) == ["same", "same"]


def _file(n: int) -> bytes:
    return (HEADER + "\n" + "\n".join(f"A{i},林,2026-03-01,1.00,江苏省,CUP,杯子,1" for i in range(n)) + "\nB,林,x,1,江苏省,CUP,杯子,1\n").encode()


def test_an_import_killed_between_batches_goes_on_and_counts_each_order_once(pool: Pool) -> None:
    shop = merchant(pool)
    source = Source("orders.csv", content=_file(95))
    job = run.Job(plan(), [source], new_id(), new_id(), shop, batch=20)
    run.start(pool, job, NOW, {})

    class Killed(BaseException):
        pass

    def kill(report: run.Report) -> None:
        if report.new >= 40:
            raise Killed

    with pytest.raises(Killed):
        run.perform(pool, job, NOW, kill)
    assert len(orders(pool, shop)) == 40
    with scope(pool, PLATFORM) as conn:
        assert (shop, job.import_id) not in imports.waiting(conn)
        conn.execute("update imports set claimed_until = now() - interval '1 second' where id = %s", (job.import_id,))
        assert (shop, job.import_id) in imports.waiting(conn)
    mark = new_id()
    with scope(pool, UUID(shop)) as conn:
        claimed = imports.claim(conn, shop, job.import_id, mark)
        assert claimed is not None
        assert imports.claim(conn, shop, job.import_id, new_id()) is None
    with pytest.raises(imports.Lost):
        run.perform(pool, job, NOW)
    run.perform(pool, run.Job(plan(), [source], job.import_id, mark, shop, batch=20, skip=claimed.orders_done), NOW)
    assert rows(pool, shop, "select state, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused from imports where merchant_id = {m}") == [
        ("done", 96, 95, 0, 0, 1)]
    assert rows(pool, shop, "select line, code from import_errors where merchant_id = {m}") == [(97, "date_unreadable")]


def test_an_upload_waits_for_the_worker_and_its_bytes_go_when_it_is_in(pool: Pool) -> None:
    shop = merchant(pool)
    kept = {"order": {"number": "订单号", "buyer_id": "买家", "placed_at": "下单时间", "state": {"constant": "delivered"}, "paid": "实付"},
            "line": {"sku": "货号", "title": "商品", "paid": "实付"}}
    id_ = uploads.upload(pool, shop, [("订单.csv", _file(30))], None, NOW)
    assert isinstance(id_, str)
    seen = uploads.peek(pool, shop, id_)
    assert isinstance(seen, uploads.Peek)
    assert (seen.header, len(seen.rows)) == (HEADER.split(","), 31)
    assert [r.code for r in uploads.send(pool, shop, id_, {**kept, "line": {"sku": "没有", "title": "商品"}}, dry_run=True)] == ["column_missing"]
    assert uploads.send(pool, shop, id_, kept, dry_run=True) == []
    assert uploads.run_waiting(pool, NOW) == 1
    assert rows(pool, shop, "select state, rows_new, rows_refused from imports where merchant_id = {m}") == [("done", 30, 1)]
    assert orders(pool, shop) == []
    real = uploads.again(pool, shop, id_, By(), NOW, dry_run=False)
    assert isinstance(real, str)
    assert uploads.run_waiting(pool, NOW) == 1
    assert len(orders(pool, shop)) == 30
    assert rows(pool, shop, "select count(*) from import_files where merchant_id = {m}") == [(0,)]
    assert uploads.run_waiting(pool, NOW) == 0
    assert rows(pool, shop, "select action, subject_id from audit where merchant_id = {m}") == [("orders_imported", real)]


def test_uploads_that_nobody_came_back_to_are_let_go(pool: Pool) -> None:
    shop = merchant(pool)
    made = [uploads.upload(pool, shop, [("a.csv", _file(3))], None, NOW - timedelta(days=days)) for days in (8, 6)]
    assert uploads.anything_to_do(pool, NOW)
    assert uploads.forget_old(pool, NOW) == 1
    assert not uploads.anything_to_do(pool, NOW)
    assert rows(pool, shop, "select import_id::text from import_files where merchant_id = {m}") == [(made[1],)]
    assert rows(pool, shop, "select id::text from imports where merchant_id = {m}") == [(made[1],)]


def test_two_at_once_bring_the_same_order_and_it_is_there_once(pool: Pool) -> None:
    shop = merchant(pool)
    first, second = (Order("A1", "shipped", "林", "CNY", NOW, fulfilment_mode="SOP", freight=0, paid=0) for _ in range(2))
    with pool.connection() as other:
        other.execute(f"begin; set local amends.merchant = '{shop}'")
        store.put(other, [(shop, first)], new_ids)
        threading.Timer(0.3, other.commit).start()
        with pytest.raises(store.Meanwhile), scope(pool, UUID(shop)) as conn:
            store.put(conn, [(shop, second)], new_ids)
    assert statuses(take_in(pool, shop, [record()], NOW)) == ["changed"]
    assert len(orders(pool, shop)) == 1


def test_json_of_the_api_and_of_a_file_are_read_alike(pool: Pool) -> None:
    from amends.engine.importing import mapping
    shop = merchant(pool)
    made, _ = mapping.find("amends")
    bring(pool, shop, [Source("x.jsonl", content=json.dumps(record()).encode())], made)
    assert statuses(take_in(pool, shop, [record()], NOW)) == ["same"]


def test_what_is_odd_for_a_copy_comes_in_as_it_stands(pool: Pool) -> None:
    odd = ["\\N", "\\.", "a\tb\nc\rd", "c:\\x", "=1", "{x}"]
    tags = ['q"', "b\\", "a,b", "NULL"]
    shop = merchant(pool)
    line = {"sku": "CUP", "paid": money(0)}
    records = [record(f"A{i}", channel=text, remarks=text, lines=[{**line, "title": text, "tags": tags if i else []}], payments=[], paid=money(0)) for i, text in enumerate(odd)]
    for expected in ("new", "same"):
        assert statuses(take_in(pool, shop, records, NOW)) == [expected] * len(odd)
    kept = rows(pool, shop, "select o.channel, o.remarks, l.title, l.tags from orders o join order_lines l on l.order_id = o.id where o.merchant_id = {m} order by o.number")
    assert kept == [(text, text, text, tags if i else []) for i, text in enumerate(odd)]


def test_what_an_earlier_batch_brought_is_known_to_the_later_ones(pool: Pool) -> None:
    from amends.engine.importing import mapping
    shop = merchant(pool)
    made, _ = mapping.find("amends")
    first, second, third = record("A1"), record("A2", lines=[{"sku": "TEA", "title": "茶", "paid": money(19900)}]), record("A3")
    given = [first, second, record("A1"), record("A4", payments=second["payments"]), third]
    text = "\n".join(json.dumps(r, ensure_ascii=False) for r in given)
    for expected in ((3, 0, 2), (0, 3, 2)):
        report, refused = bring(pool, shop, [Source("a.jsonl", content=text.encode())], made, batch=1)
        assert (report.new, report.unchanged, report.refused) == expected
        assert [r.code for r in refused] == ["order_twice", "payment_elsewhere"]
    assert rows(pool, shop, "select sku from skus where merchant_id = {m} order by sku") == [("CUP",), ("POT",), ("TEA",)]

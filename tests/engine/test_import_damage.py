"""A damaged row is returned with its line, field, reason in both languages and its text; the good ones beside it are in."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import Workbook

from amends.engine.importing import mapping
from amends.engine.importing.source import Source
from amends.store.connect import Pool
from tests.engine.importer import HEADER, bring, merchant, orders, plan

GOOD = "{n},林,2026-03-01,5.00,江苏省,CUP,杯子,1"


def file(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


@pytest.mark.parametrize(("bad", "code", "field"), [
    ("B,林,2026-03-01,5.005,江苏省,CUP,杯子,1", "money_unreadable", "paid"),
    ("B,林,2026-02-30,5,江苏省,CUP,杯子,1", "date_unreadable", "placed_at"),
    ("B,林,2026-03-01,5,江苏省,CUP,杯子,0", "out_of_range", "lines[0].quantity"),
    ("B,林,2026-03-01,5,江苏省,CUP,杯子,半", "out_of_range", "lines.quantity"),
    ("B,林,2026-03-01,5,江苏省,CUP,杯子", "columns_differ", ""),
    ("B,林,2026-03-01,5,江苏省,CUP,杯子,1,9", "columns_differ", ""),
    ("B,,2026-03-01,5,江苏省,CUP,杯子,1", "required", "buyer_id"),
    ("B,林,,5,江苏省,CUP,杯子,1", "required", "placed_at"),
    ("B,林,2026-03-01,5,江苏省,,杯子,1", "required", "lines.sku"),
    ("B,林,2026-03-01,5,江苏省,CUP,杯\x00子,1", "wrong_kind", "lines[0].title"),
    ("B,林,2026-03-01,5,江苏省,CUP," + "长" * 501 + ",1", "too_long", "lines[0].title"),
    ('B,林,2026-03-01,5,江苏省,CUP,"杯子,1', "quote_unclosed", ""),
    ('B,林,2026-03-01,5,江苏省,CUP,"杯"子,1', "quote_unclosed", ""),
])
def test_one_bad_row_among_good_ones(pool: Pool, bad: str, code: str, field: str) -> None:
    shop = merchant(pool)
    report, refused = bring(pool, shop, file(GOOD.format(n="A1"), bad, GOOD.format(n="A2"), GOOD.format(n="A3")))
    assert [o[0] for o in orders(pool, shop)] == ["A1", "A2", "A3"]
    assert (report.new, report.refused) == (3, 1)
    assert {(r.line, r.code) for r in refused} == {(3, code)}
    assert refused[0].field == field
    assert refused[0].raw == bad.replace("\x00", "\\x00")
    assert refused[0].reason_zh != refused[0].reason_en


def test_a_row_with_several_faults_tells_them_all(pool: Pool) -> None:
    _, refused = bring(pool, merchant(pool), file("B,林,gestern,fünf,江苏省,CUP,杯子,viele"))
    assert [(r.line, r.field, r.code) for r in refused] == [
        (2, "placed_at", "date_unreadable"), (2, "paid", "money_unreadable"), (2, "lines.quantity", "out_of_range")]


def test_a_stray_quotation_mark_takes_no_other_row_with_it(pool: Pool) -> None:
    shop = merchant(pool)
    good = [GOOD.format(n=f"A{i}") for i in range(600)]
    report, refused = bring(pool, shop, file(*good[:10], 'B,林,2026-03-01,5,江苏省,CUP,"杯子,1', *good[10:]))
    assert (report.new, report.refused) == (600, 1)
    assert [r.line for r in refused] == [12]
    shop = merchant(pool)
    report, refused = bring(pool, shop, file('B,林,2026-03-01,5,江苏省,CUP,"杯子,1', GOOD.format(n="A1"), 'C,王,2026-03-01,5,江苏省,CUP,"杯,子",1'))
    assert [o[0] for o in orders(pool, shop)] == ["A1", "C"]
    assert [r.line for r in refused] == [2]


def test_lines_are_counted_as_an_editor_counts_them(pool: Pool) -> None:
    shop = merchant(pool)
    _, refused = bring(pool, shop, file('A1,林,2026-03-01,5,江苏省,CUP,"杯\n子\n大",1', "", "B,林,2026-03-01,x,江苏省,CUP,杯子,1"))
    assert [r.line for r in refused] == [6]
    assert len(orders(pool, shop)) == 1


def test_bytes_that_are_no_text_refuse_their_row_only(pool: Pool) -> None:
    shop = merchant(pool)
    broken = file(GOOD.format(n="A1")) + b"B,\xff\xfe\xff,2026-03-01,5,x,CUP,y,1\n" + GOOD.format(n="A2").encode()
    report, refused = bring(pool, shop, broken)
    assert (report.new, report.refused) == (2, 1)
    assert [(r.line, r.code) for r in refused] == [(3, "bytes_undecodable")]


def test_the_same_number_twice_in_a_file_keeps_the_first_and_names_its_line(pool: Pool) -> None:
    shop = merchant(pool)
    for batch in (1, 4000):
        shop = merchant(pool)
        report, refused = bring(pool, shop, file(GOOD.format(n="A1"), GOOD.format(n="A2"), GOOD.format(n="A1").replace("5.00", "7")), batch=batch)
        assert (report.new, report.refused) == (2, 1)
        assert [(r.line, r.code) for r in refused] == [(4, "order_twice")]
        assert "第 2 行" in refused[0].reason_zh
        assert orders(pool, shop)[0][1] == 500


def test_rows_of_an_order_that_lie_apart_are_gathered_when_the_mapping_says_so(pool: Pool) -> None:
    text = "number,buyer_id,placed_at,state,line_sku,line_title,line_paid\nA,林,2026-03-01,shipped,CUP,杯,1\nB,林,2026-03-01,shipped,CUP,杯,1\nA,林,2026-03-01,shipped,POT,壶,2\n"
    data = {"order": {n: n for n in ("number", "buyer_id", "placed_at", "state")}, "line": {"sku": "line_sku", "title": "line_title", "paid": "line_paid"}}
    report, refused = bring(pool, merchant(pool), text, plan(data))
    assert (report.new, [r.line for r in refused]) == (2, [4])
    report, refused = bring(pool, merchant(pool), text, plan({**data, "together": False}))
    assert (report.new, refused) == (2, [])


def test_a_sheet_that_lost_digits_of_a_number_is_refused_and_not_believed(pool: Pool) -> None:
    book = Workbook()
    book.active.append(HEADER.split(","))
    for number in (123456789012345678, "123456789012345678"):
        book.active.append([number, "林", "2026-03-01", 5, "江苏省", "CUP", "杯子", 1])
    out = io.BytesIO()
    book.save(out)
    shop = merchant(pool)
    _, refused = bring(pool, shop, out.getvalue())
    assert [(r.line, r.code) for r in refused] == [(2, "digits_lost")]
    assert [o[0] for o in orders(pool, shop)] == ["123456789012345678"]


def test_json_lines_of_records_refuse_a_line_and_go_on(pool: Pool) -> None:
    good = {"number": "A1", "state": "shipped", "buyer_id": "林", "currency": "CNY", "placed_at": "2026-03-01T10:00:00+08:00", "lines": [{"sku": "CUP", "title": "杯"}]}
    text = "\n".join([json.dumps(good), "{", "[1]", json.dumps({**good, "number": "A2", "currency": "元"}), json.dumps({**good, "number": "A3"})])
    made, _ = mapping.find("amends")
    shop = merchant(pool)
    report, refused = bring(pool, shop, [Source("x.jsonl", content=text.encode())], made)
    assert [o[0] for o in orders(pool, shop)] == ["A1", "A3"]
    assert report.refused == 3
    assert [(r.line, r.code) for r in refused] == [(2, "not_json"), (3, "not_json"), (4, "currency_unknown")]

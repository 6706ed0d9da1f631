"""The same three orders in every format and encoding give the same rows; money and times are exact."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from amends.core.order_fields import ORDER
from amends.engine.importing import cells, mapping
from amends.engine.importing.cells import Unfit
from amends.engine.importing.source import Source
from amends.store.connect import Pool
from tests.engine.importer import HEADER, PLAIN, bring, merchant, orders, plan, rows

ROWS = [
    ["A1", "林", "2026-03-01 10:00:00", "178.8", "江苏省", "CUP", "杯子, 蓝", "1"],
    ["A2", "林", "2026-03-01T10:00:00+09:00", "0.01", "上海市", "CUP", "杯子“大”", "2"],
    ["A3", "王", "2026/3/1 10:00", "1299", "新疆维吾尔自治区", "POT", "壶\n带盖", "1"],
]
EXPECTED = [
    ("A1", 17880, "江苏省", datetime(2026, 3, 1, 2, tzinfo=UTC)), ("A2", 1, "上海市", datetime(2026, 3, 1, 1, tzinfo=UTC)),
    ("A3", 129900, "新疆维吾尔自治区", datetime(2026, 3, 1, 2, tzinfo=UTC)),
]


def table(separator: str) -> str:
    return "\r\n".join(separator.join(f'"{c}"' for c in row) for row in [HEADER.split(","), *ROWS]) + "\r\n"


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    for row in ROWS:
        sheet.append([*row[:3], float(row[3]), *row[4:7], int(row[7])])
    sheet["C2"] = datetime(2026, 3, 1, 10)  # noqa: DTZ001 (a sheet has no zone)
    sheet["C4"] = datetime(2026, 3, 1, 10)  # noqa: DTZ001 (a sheet has no zone)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def json_lines() -> bytes:
    return "\n".join(json.dumps(dict(zip(HEADER.split(","), row, strict=True)), ensure_ascii=False) for row in ROWS).encode()


@pytest.mark.parametrize("content", [
    table(",").encode(), table(",").encode("utf-8-sig"), table("\t").encode(), table(";").encode("gb18030"), gzip.compress(table(",").encode("gb18030")),
    table("\t").encode("utf-16"), workbook(), json_lines(), gzip.compress(json_lines()),
], ids=["utf-8", "utf-8-sig", "tab", "semicolon gb18030", "gb18030.gz", "utf-16 tab", "xlsx", "jsonl", "jsonl.gz"])
def test_every_format_gives_the_same_orders(pool: Pool, content: bytes) -> None:
    shop = merchant(pool)
    report, refused = bring(pool, shop, content)
    assert refused == []
    assert (report.rows, report.new, report.refused) == (3, 3, 0)
    assert orders(pool, shop) == EXPECTED
    assert rows(pool, shop, "select sku, quantity, paid_minor from order_lines where merchant_id = {m} order by paid_minor") == [
        ("CUP", 2, 1), ("CUP", 1, 17880), ("POT", 1, 129900)]


@pytest.mark.parametrize(("text", "currency", "minor"), [
    ("178.8", "CNY", 17880), ("0.1", "CNY", 10), ("0.29", "CNY", 29), ("1.150", "CNY", 115), ("¥1,299.00", "CNY", 129900), ("CNY 5", "CNY", 500), ("12元", "CNY", 1200),
    ("500", "JPY", 500), ("1.25", "KWD", 1250), ("90071992547409.93", "CNY", 9007199254740993), ("-0.00", "CNY", 0), ("US$3.10", "USD", 310),
])
def test_money_is_read_to_the_last_coin(text: str, currency: str, minor: int) -> None:
    assert cells.money("paid", currency, ".")(text) == minor


@pytest.mark.parametrize(("text", "currency"), [
    ("1.005", "CNY"), ("0.5", "JPY"), ("1e3", "CNY"), ("1,29", "CNY"), ("-3", "CNY"), ("12 34", "CNY"), ("NaN", "CNY"), ("١٢", "CNY"), ("1.2.3", "CNY"), (".", "CNY")])
def test_what_is_no_exact_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Unfit) as unfit:
        cells.money("paid", currency, ".")(text)
    assert unfit.value.refusal.code == "money_unreadable"
    assert unfit.value.refusal.field == "paid"


def test_a_decimal_comma_is_read_when_the_mapping_says_so() -> None:
    assert cells.money("paid", "EUR", ",")("1299,50") == 129950


@pytest.mark.parametrize(("form", "text"), [("iso", "2026-03-01 10:00:00"), ("%d.%m.%Y %H:%M", "01.03.2026 10:00"), ("epoch", "1772330400"), ("epoch_ms", "1772330400000")])
def test_times_are_of_the_mappings_zone(form: str, text: str) -> None:
    read = cells.instant("placed_at", ORDER["placed_at"], plan().zone, (form,))
    assert read(text) == datetime(2026, 3, 1, 2, tzinfo=UTC)


def test_a_spreadsheets_quoted_digits_lose_their_quotes(pool: Pool) -> None:
    shop = merchant(pool)
    report, refused = bring(pool, shop, HEADER + '\n"=""0012""",林,2026-03-01,5,江苏省,CUP,杯子,1\n')
    assert refused == []
    assert report.new == 1
    assert orders(pool, shop)[0][0] == "0012"


@pytest.mark.parametrize(("content", "code"), [
    (b"", "file_empty"), (b"\n\n", "file_empty"), (b"PK\x03\x04 and nothing", "file_damaged"), (gzip.compress(b"a,b\n1,2\n" * 999)[:-20], "file_damaged"),
    (b"\xd0\xcf\x11\xe0" + b"\x00" * 99, "old_workbook"), (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "file_unknown"), ("订单号,买家\n1,2\n".encode(), "column_missing"),
], ids=["nothing", "empty lines", "broken archive", "cut gzip", "old workbook", "picture", "other columns"])
def test_a_file_that_cannot_be_read_says_why_and_nothing_is_written(pool: Pool, content: bytes, code: str) -> None:
    shop = merchant(pool)
    report, refused = bring(pool, shop, content)
    assert report.trouble is not None
    assert report.trouble.code == code
    assert refused == []
    assert orders(pool, shop) == []
    state, zh, en = rows(pool, shop, "select state, trouble_zh, trouble_en from imports where merchant_id = {m}")[0]
    assert (state, zh, en) == ("failed", report.trouble.say("zh"), report.trouble.say("en"))


@pytest.mark.parametrize("name", mapping.shipped())
def test_the_shipped_mappings_are_whole(name: str) -> None:
    made, wrong = mapping.find(name)
    assert wrong == []
    assert made is not None
    assert made.name == name


@pytest.mark.parametrize(("change", "where"), [
    ({"order": {**PLAIN["order"], "colour": "x"}}, "order.colour"), ({"line": {"sku": "货号"}}, "line.title"), ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"line": {**PLAIN["line"], "rows": "items"}}, "line.rows"), ({"files": {"items": {"match": "x"}}}, "files.items"), ({"order": {**PLAIN["order"], "paid": {"col": "x"}}}, "order.paid"),
])
def test_a_wrong_mapping_says_where(change: dict, where: str) -> None:
    made, wrong = mapping.parse({**PLAIN, **change})
    assert made is None
    assert where in {w.field for w in wrong}


def test_our_own_form_as_a_table_groups_lines_payments_and_parcels(pool: Pool) -> None:
    shop = merchant(pool)
    text = (
        "number,state,buyer_id,placed_at,freight,line_sku,line_title,line_quantity,line_paid,line_tags,payment_provider,payment_ref,payment_amount,parcel_carrier,parcel_waybill\n"
        "A1,shipped,林,2026-03-01,8,CUP,杯子,2,100,custom_made;perishable,wx,p1,88,sf,SF1\n"
        "A1,shipped,林,2026-03-01,8,POT,壶,1,50,,ali,p2,70,sf,SF1\n"
        "A2,pending_payment,林,2026-03-01,,CUP,杯子,1,0,,,,,,\n"
    )
    made, _ = mapping.find("amends")
    report, refused = bring(pool, shop, [Source("x.csv", content=text.encode())], made)
    assert refused == []
    assert (report.rows, report.new) == (3, 2)
    assert rows(pool, shop, "select number, paid_minor, freight_minor from orders where merchant_id = {m} order by 1") == [("A1", 15800, 800), ("A2", 0, 0)]
    assert rows(pool, shop, "select sku, tags from order_lines where merchant_id = {m} order by sku, quantity desc") == [
        ("CUP", ["custom_made", "perishable"]), ("CUP", []), ("POT", [])]
    assert rows(pool, shop, "select provider_ref, amount_minor from payments where merchant_id = {m} order by 1") == [("p1", 8800), ("p2", 7000)]
    assert rows(pool, shop, "select carrier, waybill, direction from parcels where merchant_id = {m}") == [("sf", "SF1", "out")]

"""Stock out of files of every format; what is wrong with a row stays with its row."""

import io

import pytest
from openpyxl import Workbook

from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.stock_file import again, read, refused, take
from amends.engine.stocktaking import MOST
from tests.engine.stock_shop import counts, stocked


def workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


FILES = {
    "stock.csv": "SKU,仓库,现有数量,增减\nCUP,,12,\nMUG,南仓,,-1\n".encode(),
    "stock-gb.csv": "SKU,仓库,现有数量,增减\nCUP,,12,\nMUG,南仓,,-1\n".encode("gb18030"),
    "stock.xlsx": workbook(["sku", "warehouse", "on_hand", "change"], ["CUP", None, 12, None], ["MUG", "南仓", None, -1]),
    "stock.jsonl": '{"sku": "CUP", "on_hand": 12}\n{"sku": "MUG", "warehouse": "南仓", "change": -1}\n'.encode(),
}


@pytest.mark.parametrize("name", list(FILES))
def test_every_format_says_the_same(pool, name):
    shop = stocked(pool, {"CUP": 1, ("MUG", "南仓"): 5})
    found = read(name, FILES[name])
    assert not isinstance(found, Refusal), found
    assert take(pool, By(shop.hai), shop.merchant, found, shop.now, dry_run=True) is None
    assert (counts(shop, "CUP"), found.counts()) == ((1, 0), {"counted": 1, "changed": 1})
    for _ in range(2):
        kept = again(found.kept())
        assert take(pool, By(shop.hai), shop.merchant, kept, shop.now, dry_run=False) is None
    assert (counts(shop, "CUP"), counts(shop, "MUG", "南仓")) == ((12, 0), (4, 0))


def test_wrong_rows_keep_their_reason_and_the_others_go_in(pool):
    shop = stocked(pool, {"CUP": 1})
    found = read("x.csv", b"sku,on_hand,change,version\nCUP,3,,\n,5,,\nA,many,,\nB,1,2,\nC,,-9,\nD,4,,0\n")
    assert take(pool, By(shop.hai), shop.merchant, found, shop.now, dry_run=False) is None
    assert [(x.line, x.refusal.code) for x in refused(found)] == [(3, "sku_wrong"), (4, "stock_number_wrong"), (5, "stock_either"), (6, "stock_below_zero"), (7, "stock_number_wrong")]
    assert counts(shop, "CUP") == (3, 0)
    assert take(pool, By(shop.new), shop.merchant, found, shop.now, dry_run=False).code == "permission_missing"


def test_a_file_that_is_too_long_or_none_is_refused_whole():
    assert read("x.csv", b"sku,on_hand\n" + b"A,1\n" * (MOST + 1)).code == "stock_file_long"
    assert read("x.csv", b"name,on_hand\nA,1\n").code == "stock_file_columns"
    assert read("x.csv", b"sku,title\nA,1\n").code == "stock_file_columns"
    assert read("x.xlsx", b"PK\x03\x04 broken") is not None





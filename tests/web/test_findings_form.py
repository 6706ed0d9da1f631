"""Findings about goods at the desk and at the dock: several at once, kept when refused and as a draft, told in both languages (PO-2, PO-6)."""

import pytest

from tests.web.case_cast import leaking_cup, stock_shop
from tests.web.conftest import enter
from tests.web.test_case_do import do, form_of


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(client, house, shop):
    return enter(client, house, shop)


def body(desk, case, verb="record_findings"):
    return desk.get(f"/m/cases/{case}/do/{verb}").content.decode()


def ticked(text):
    return sorted(piece.split('"')[0] for piece in text.split('name="findings" value="')[1:] if " checked" in piece.split(">")[0])


def test_several_findings_are_recorded_and_told_on_the_page(desk, goods):
    case = leaking_cup(goods, 1)
    answer = do(desk, case, "record_findings", findings=["accessories_missing", "used"], words="缺杯刷，内壁有茶渍")
    assert answer.status_code == 303
    text = desk.get(f"/m/cases/{case}").content.decode()
    assert "核查结论</b> 配件、赠品不齐、商品已使用" in text
    assert "缺杯刷，内壁有茶渍 · " in text
    assert ticked(body(desk, case)) == ["accessories_missing", "used"]


def test_what_was_ticked_stays_when_the_words_are_missing(desk, goods):
    case = leaking_cup(goods, 1)
    answer = do(desk, case, "record_findings", findings=["out_of_warranty", "no_proof"], words="")
    assert answer.status_code == 422
    assert ticked(answer.content.decode()) == ["no_proof", "out_of_warranty"]
    assert goods.row(case, "facts ? 'findings'") == (False,)


def test_findings_wait_as_a_draft(desk, goods):
    case = leaking_cup(goods, 1)
    desk.post(f"/m/cases/{case}/do/record_findings/draft", {**form_of(desk, case, "record_findings"), "findings": ["misuse", "used"], "words": "进液"})
    assert ticked(body(desk, case)) == ["misuse", "used"]


def test_the_look_ahead_takes_them(desk, goods):
    case = leaking_cup(goods, 1)
    look = desk.post(f"/m/cases/{case}/do/record_findings", {**form_of(desk, case, "record_findings"), "findings": ["used", "misuse"], "words": "进液", "look": "1"})
    assert look.status_code == 200
    assert ticked(look.content.decode()) == ["misuse", "used"]
    assert goods.row(case, "facts ? 'findings'") == (False,)


def test_in_english(desk, goods):
    case = leaking_cup(goods, 1)
    desk.cookies["amends_lang"] = "en"
    text = body(desk, case)
    assert "accessories or gifts are not complete" in text
    assert "Unfit for resale" in text
    assert "Not handled" in text

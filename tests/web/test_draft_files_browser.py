"""Files chosen on a page stay with the draft by themselves: a merchant's evidence after a reload, a buyer's on the phone (UI-1a)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from amends.core.verbs import dispute as v
from amends.engine import buyers
from tests.engine.test_evidence_files import paper
from tests.web.case_cast import picture, stock_shop
from tests.web.conftest import walk_in
from tests.web.disputes_cast import refused_return, say


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("evidence")
    shot, report = folder / "cup.jpg", folder / "report.pdf"
    shot.write_bytes(picture())
    report.write_bytes(paper())
    return shot, report


def test_evidence_chosen_is_there_after_a_reload_and_is_sent(house, goods, shop, site, page, browser, kept):
    goods.now = house.clock.now()
    made = refused_return(goods)
    say(goods, made.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    where = f"/m/cases/{made.case_id}/do/add_evidence"
    walk_in(page, site, shop.email, where)
    page.locator("#f-evidence").select_option("inspection_report")
    page.get_by_label("说明").fill("第三方检测报告")
    for file in kept:
        page.locator("#f-photos").set_input_files(str(file))
        expect(page.get_by_text("文件已存进草稿").last).to_be_visible()
    expect(page.locator("[name=photos_kept]:checked")).to_have_count(2)
    page.reload()
    expect(page.locator("[name=photos_kept]:checked")).to_have_count(2)
    expect(page.get_by_label("说明")).to_have_value("第三方检测报告")
    page.locator("#do button.btn-primary").click()
    page.wait_for_url(lambda url: "/do/" not in url)
    assert goods.all("select count(*)::int from evidence where case_id = %s and side = 'merchant'", made.case_id) == [(2,)]


def test_a_buyers_evidence_waits_on_the_phone(house, goods, site, browser, kept):
    goods.now = house.clock.now()
    made = refused_return(goods)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True).new_page()
    phone.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    where = f"{site}/b/cases/{goods.row(made.case_id, 'number')[0]}/add_evidence"
    phone.goto(where)
    phone.locator("input[type=file]").set_input_files(str(kept[0]))
    expect(phone.locator("[name=photos_keep]:checked")).to_have_count(1)
    phone.goto(where)
    expect(phone.locator("[name=photos_keep]:checked")).to_have_count(1)
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.context.close()

"""Refusing on a ground that needs photos at the desk: marked, refused beside its field with all that was typed, done with a new photo or one of the case; not for many, not by strategies (SO-27)."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.keys import Shown, make_key
from tests.web import test_strategies as strategies_page
from tests.web.case_cast import leaking_cup, picture, stock_shop
from tests.web.conftest import enter, walk_in
from tests.web.test_case_do import do, form_of

WORDS = "杯底有茶渍，已使用"


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(client, house, shop):
    return enter(client, house, shop)


def test_the_form_marks_the_grounds_and_offers_the_photos_of_the_case(desk, goods):
    case = leaking_cup(goods, 2)
    text = desk.get(f"/m/cases/{case}/do/reject").content.decode()
    assert re.search(r'<option value="used" data-needs-photos>商品已使用（质量问题除外） · 须附照片</option>', text)
    assert re.search(r'<option value="past_window">已过售后期限</option>', text)
    assert "至多 3 张" in text
    ids = [i for (i,) in goods.all("select id::text from files where case_id = %s", case)]
    offered = re.findall(r'name="photos_kept" value="([^"]+)" aria-label="用本单照片', text)
    assert sorted(offered) == sorted(ids)
    assert len(offered) == 2


def test_without_a_photo_it_is_refused_beside_the_field_and_nothing_typed_is_lost(desk, goods):
    case = leaking_cup(goods, 1)
    answer = do(desk, case, "reject", reason="used", words=WORDS)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'<p class="wrong" id="h-photos">以“商品已使用（质量问题除外）”为由拒绝须附照片：请上传照片，或勾选本单已有的照片；没有照片请改选其他原因</p>', text)
    assert f"{WORDS}</textarea>" in text
    assert re.search(r'<option value="used" selected data-needs-photos>', text)
    assert goods.row(case, "version") == (1,)


def test_a_new_photo_or_a_ticked_one_will_do_and_the_buyer_has_it(desk, goods):
    first, second = leaking_cup(goods, 1), leaking_cup(goods, 1)
    sent = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    assert do(desk, first, "reject", reason="used", words=WORDS, photos=sent).status_code == 303
    (theirs,) = goods.all("select id::text from files where case_id = %s", second)[0]
    assert do(desk, second, "reject", reason="used", words=WORDS, photos_kept=theirs).status_code == 303
    assert goods.row(first, "state") == goods.row(second, "state") == ("rejected",)
    assert goods.all("select file_ids::text[] from messages where case_id = %s", second) == [([theirs],)]
    kept = goods.all("select cardinality(file_ids) from messages where case_id = %s", first)
    assert kept == [(1,)]


def test_what_is_wrong_with_the_words_keeps_the_photo_that_was_sent(desk, goods):
    case = leaking_cup(goods, 1)
    sent = SimpleUploadedFile("a.jpg", picture((10, 90, 200)), "image/jpeg")
    text = do(desk, case, "reject", reason="used", words="", photos=sent).content.decode()
    kept = re.findall(r'name="photos_kept" value="([^"]+)" checked', text)
    assert len(kept) == 1
    assert desk.post(f"/m/cases/{case}/do/reject", {**form_of(desk, case, "reject"), "reason": "used", "words": WORDS, "photos_kept": kept[0]}).status_code == 303


def test_the_look_before_shows_no_refusal_while_photos_are_still_to_come(desk, goods):
    case = leaking_cup(goods, 1)
    shown = desk.post(f"/m/cases/{case}/do/reject/preview", {"reason": "used", "words": WORDS}).content.decode()
    assert "须附照片" not in shown


def test_for_many_at_once_such_grounds_cannot_be_chosen_and_each_case_says_so(desk, goods):
    cases = [leaking_cup(goods, 1) for _ in range(2)]
    page = desk.post("/m/batch/look", {"queue": "review", "query": "", "case": cases, "command": "reject"}).content.decode()
    assert re.search(r'<option value="used" disabled>[^<]* · 须附照片，请逐单处理</option>', page)
    assert 'name="photos"' not in page
    assert "要逐单附照片" in page
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]
    answer = desk.post("/m/batch/start", {"queue": "review", "query": "", "cases": ",".join(cases), "command": "reject", "batch": batch, "reason": "used", "words": WORDS})
    assert answer.status_code == 302
    assert "须附照片" in desk.get(f"/m/batch/{batch}").content.decode()
    assert {goods.row(c, "state") for c in cases} == {("reviewing",)}


def test_a_strategy_that_could_never_pass_is_refused_beside_its_cell(desk, goods):
    typed = {"action": "reject", "words": "不行", "limit_per_buyer": ""}
    refused = strategies_page.keep(desk, **typed, reason="used")
    assert refused.status_code == 422
    text = refused.content.decode()
    assert re.search(r'<p class="wrong" id="h-reason">“商品已使用（质量问题除外）”须附照片，策略附不了照片', text)
    assert re.search(r'<option value="not_fit" disabled data-needs-photos>[^<]* · 须附照片，策略不能用</option>', text)
    assert strategies_page.keep(desk, **typed, reason="other", row_name="拒绝其他").status_code == 302


def test_the_api_refuses_with_the_field_and_takes_a_photo_of_the_case(client, goods, house, shop):
    made = make_key(house.pool, By(shop.actor()), "脚本", ("read", "service_order.reject"), house.clock.now())
    assert isinstance(made, Shown)
    case = leaking_cup(goods, 1)
    (theirs,) = goods.all("select id::text from files where case_id = %s", case)[0]

    def reject(**body):
        return client.post(
            f"/api/v1/service-orders/{case}/reject", json.dumps({"reason": "used", "words": WORDS, **body}), content_type="application/json",
            headers={"Authorization": f"Bearer {made.key}", "Idempotency-Key": new_id()},
        )

    refused = reject()
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["code"], problem["errors"][0]["field"]) == ("ground_needs_photos", "photos")
    assert reject(photos=[theirs]).status_code == 200


def test_the_file_is_asked_for_as_soon_as_such_a_ground_is_chosen(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}/do/reject")
    page.locator("#f-words").fill(WORDS)
    file = page.locator("#f-photos")
    page.locator("#f-reason").select_option("past_window")
    assert not file.evaluate("f => f.required")
    page.locator("#f-reason").select_option("used")
    assert file.evaluate("f => f.required")
    page.locator(".pictures-x input").first.check()
    assert not file.evaluate("f => f.required")
    page.locator("#do button.btn-primary").click()
    page.locator(".toast-x", has_text="审核不通过").wait_for()
    assert goods.row(case, "state") == ("rejected",)

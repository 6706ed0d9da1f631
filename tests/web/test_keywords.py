"""Keyword alerts in the browser's pages: the settings page without scripts, and what a case, a list and the platform show of an alert."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.verbs.desk import Say
from amends.engine import keywords, people
from tests.shop import LIN, Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter

PAGE = "/m/settings/keywords"
WORDS = "杯盖<漏水>，希望换一个新的"


@pytest.fixture(scope="module")
def goods(house: Any, shop: people.Person) -> Shop:
    """The shop with goods."""
    return stock_shop(house, shop)


@pytest.fixture
def boss(client: Any, house: Any, shop: people.Person) -> Any:
    return enter(client, house, shop)


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def words_of(goods: Shop, code: str) -> tuple[str, ...]:
    return next(c.set.words for c in keywords.book(goods.pool, goods.merchant).sets if c.set.code == code)


def test_words_are_pasted_taken_out_and_told_when_they_do_not_fit(boss: Any, goods: Shop) -> None:
    before = keywords.book(goods.pool, goods.merchant).version
    assert boss.post(f"{PAGE}/words", {"set": "exchange", "words": "调一个\n以舊換新，换货\n" + "长" * 41}).status_code == 422
    assert {"调一个", "以舊換新"} <= set(words_of(goods, "exchange"))
    told = body(boss.post(f"{PAGE}/words", {"set": "exchange", "words": "調一個"}))
    assert "“調一個”已在「换货」里" in told
    assert ">調一個</textarea>" in told
    assert boss.post(f"{PAGE}/word", {"set": "exchange", "word": "调一个"}).status_code == 302
    assert "调一个" not in words_of(goods, "exchange")
    assert keywords.book(goods.pool, goods.merchant).version == before + 2
    assert boss.post(f"{PAGE}/words", {"set": "nothing", "words": "词语"}).status_code == 409
    assert "没有可以添加的词" in body(boss.post(f"{PAGE}/words", {"set": "exchange", "words": " ，\n"}))


def test_own_sets_are_made_switched_and_removed_and_versions_brought_back(boss: Any, goods: Shop) -> None:
    assert boss.post(f"{PAGE}/sets", {"zh": "直播间", "type": "", "first": "主播说的、主播承诺"}).status_code == 302
    own = next(c for c in keywords.book(goods.pool, goods.merchant).sets if not c.builtin)
    assert (own.set.zh, own.set.words) == ("直播间", ("主播说的", "主播承诺"))
    part = body(boss.post(f"{PAGE}/sets", {"zh": "赠品", "type": "reissue", "first": "没给赠品，y"}))
    assert "“y”太短" in part
    assert boss.post(f"{PAGE}/remove", {"set": keywords.book(goods.pool, goods.merchant).sets[-1].set.code}).status_code == 302
    there = keywords.book(goods.pool, goods.merchant).version
    boss.post(f"{PAGE}/switch", {"set": own.set.code, "on": "0"})
    boss.post(f"{PAGE}/remove", {"set": own.set.code})
    assert all(c.builtin for c in keywords.book(goods.pool, goods.merchant).sets)
    assert "不能删除" in body(boss.post(f"{PAGE}/remove", {"set": "return"}))
    boss.post(f"{PAGE}/again", {"version": there})
    kept = keywords.book(goods.pool, goods.merchant, 3)
    assert any(c.set.zh == "直播间" and c.on for c in kept.sets)
    assert kept.history[0].note == f"v{there}"


def test_a_text_is_tried_for_every_type_and_nothing_is_kept(boss: Any, goods: Shop) -> None:
    found = boss.post(f"{PAGE}/try", {"text": WORDS}).content.decode()
    assert "&lt;漏水&gt;" in found
    assert re.search("<mark>[^<]*换[^<]*</mark>", found)
    answers = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", found, re.S)
    assert [("不提示" in html.unescape(a)) for _, a in answers] == [False, True, False, False, True]
    told = boss.post(f"{PAGE}/try", {"text": "一家人都说颜色很好看穿着也舒服的，就是衣服洗过以后缩水缩得厉害现在退钱都很费劲的样子，一个礼拜了没有下文"}).content.decode()
    assert "「退钱」没有算，更像在讲述：超过 40 字" in html.unescape(told)


def test_files_add_words_or_replace_everything(boss: Any, goods: Shop) -> None:
    def send(name: str, data: bytes) -> Any:
        return boss.post(f"{PAGE}/file", {"file": SimpleUploadedFile(name, data)})

    assert send("w.csv", "词组,关键词\n换货,拿去换\n没有的组,词语\n".encode()).status_code == 422
    assert "拿去换" in words_of(goods, "exchange")
    whole = json.loads(boss.get(f"{PAGE}/export.json").content)
    assert "拿去换" in boss.get(f"{PAGE}/export.csv").content.decode("utf-8-sig")
    whole["sets"] = [s | {"words": ["就换"]} if s["code"] == "exchange" else s for s in whole["sets"] if s["code"] != "threat"]
    assert send("w.json", json.dumps(whole).encode()).status_code == 302
    book = keywords.book(goods.pool, goods.merchant)
    assert words_of(goods, "exchange") == ("就换",)
    assert not next(c for c in book.sets if c.set.code == "threat").on
    assert "第 2 行" in body(send("w.csv", "换货,好\n只有一列\n".encode()))
    boss.post(f"{PAGE}/again", {"version": "0"})


def test_the_page_asks_for_its_permission(client: Any, house: Any, clerk: people.Person) -> None:
    assert enter(client, house, clerk).get(PAGE).status_code == 403


def test_a_case_a_list_and_the_platform_show_the_words(boss: Any, goods: Shop) -> None:
    case = goods.apply(goods.order(("CUP", 1, 13900)), description=WORDS)
    goods.say(case, Say("再不理我就打12315 <b>"), LIN)
    shown = boss.get(f"/m/cases/{case}").content.decode()
    assert "杯盖&lt;漏水&gt;" in shown
    assert "12315</mark> &lt;b&gt;" in shown
    assert "系统提示" in shown
    assert 'name="type" value="exchange"' in shown
    listed = boss.get("/m/q/review?alert=1").content.decode()
    assert re.search(r"alertmark.*?<mark>", listed, re.S)
    boss.post(f"/m/cases/{case}/do/change_type", {"type": "exchange", "consent": "按客户描述"})
    told = body(boss.get(f"/m/cases/{case}"))
    assert "确认告警，改为换货" in told
    assert 'id="alert"' not in told
    assert case not in boss.get("/m/q/review?alert=1").content.decode()


def test_the_platform_reads_the_alert_and_its_words(client: Any, house: Any, operator: people.Person, goods: Shop) -> None:
    case = goods.apply(goods.order(("CUP", 1, 13900)), description=WORDS)
    goods.say(case, Say("再拖我打12315"), LIN)
    shown = enter(client, house, operator).get(f"/p/cases/{goods.merchant}/{case}").content.decode()
    assert "商家还没有确认的告警" in shown
    assert "描述里出现换货的词" in shown
    assert re.search("<dd>杯盖&lt;漏水&gt;.*?<mark>", shown)
    assert "12315</mark>" in shown


def test_a_word_taken_from_history_leads_back_to_the_list(boss: Any) -> None:
    taken = boss.post("/m/settings/keywords/words", {"set": "return", "words": "想退掉它", "days": "90"})
    assert (taken.status_code, taken.url) == (302, "/m/settings/keywords?done=saved&days=90#history")
    assert boss.post("/m/settings/keywords/words", {"set": "return", "words": "想退掉这个", "days": "7000"}).url == "/m/settings/keywords?done=saved"

"""The platform's pages of packs: the rule book, an editor that gives back what it was given, two editors, releases, replays (PO-14, PO-18)."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from amends.core.pack_diff import BESIDE
from amends.core.pack_shape import Shape, pack_shape
from amends.engine import fast_review, pack_start, packs, people, what_if
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import packs as store
from amends.store.connect import PLATFORM, scope
from amends.web import pack_words, wording
from tests.shop import Shop, open_shop
from tests.web.conftest import enter, walk_in

PACKS = ("jd", "pdd", "kuaishou", "tmall")


class Form(HTMLParser):
    """What a browser would send of the form whose action holds `action`: names with their values, in order."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.select, self.area, self.sent = action, False, "", "", []  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag == "form":
            self.inside = self.action in (a.get("action") or "")
        elif self.inside and tag == "input" and a.get("name") and (a.get("type") not in ("checkbox", "radio") or "checked" in a):
            self.sent.append((a["name"], a.get("value") or ""))
        elif self.inside and tag == "select":
            self.select = a.get("name") or ""
        elif self.inside and tag == "option" and self.select and "selected" in a:
            self.sent.append((self.select, a.get("value") or ""))
            self.select = ""
        elif self.inside and tag == "textarea":
            self.area = a.get("name") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def form(answer: Any, action: str = "/edit?part=") -> dict[str, list[str]]:
    """The fields of a page's form."""
    parser = Form(action)
    parser.feed(answer.content.decode())
    sent: dict[str, list[str]] = {}
    for name, value in parser.sent:
        sent.setdefault(name, []).append(value)
    return sent


@pytest.fixture(scope="module")
def trading(house: Any) -> Shop:
    """A merchant that holds jd@1, its clock set to the house's."""
    return trades(house, "青禾家居")


def trades(house: Any, name: str) -> Shop:
    made = open_shop(house.pool, name=name)
    pack_start.sync(house.pool, house.clock.now())
    made.now = house.clock.now()
    return made


@pytest.fixture
def desk(client: Any, house: Any, operator: people.Person, trading: Shop) -> Any:
    """The platform's main account at the desk."""
    return enter(client, house, operator)


def copied(desk: Any, pack: str = "jd", name: str = "Spring rules") -> str:
    """A draft made by the form; answers its address."""
    answer = desk.post(f"/p/packs/{pack}/1/copy", {"zh": "春季规则", "en": name, "wish": new_id()})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return answer.url.partition("?")[0]


def document(house: Any, address: str) -> dict[str, Any]:
    """The document kept."""
    _, _, _, pack, version = address.split("/")[:5]
    with scope(house.pool, PLATFORM) as conn:
        row = store.one(conn, pack, int(version))
    assert row is not None
    return row["document"]


def parts(answer: Any) -> list[str]:
    """Every part the editor names."""
    return list(dict.fromkeys(html.unescape(p) for p in re.findall(r"/edit\?part=([\w.]+)\"", answer.content.decode())))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("pack", PACKS)
def test_a_rule_book_tells_every_section(desk: Any, pack: str, language: str):
    body = desk.get(f"/p/packs/{pack}/1?lang={language}").content.decode()
    assert "s-clocks" in body
    assert "s-sources" in body
    assert {"zh": "待审核 · 审核", "en": "In review · Review"}[language] in body


def test_every_page_speaks_english(desk: Any, house: Any):
    address = copied(desk)
    pages = (f"{address}/edit?part=clocks.review&", f"{address}/edit?part=reasons.return&", f"{address}/check?", f"{address}/compare?", f"{address}/document?", "/p/packs?")
    for page in pages:
        body = desk.get(f"{page}lang=en").content.decode()
        shown = re.sub(r"<(script|textarea).*?</\1>|<input[^>]*>|<option[^>]*>[^<]*|京东|春季规则|平平|平台工作台", "", body, flags=re.DOTALL)
        words = re.sub(r"<[^>]+>", "", shown.partition('id="content"')[2])
        assert not re.search(r"[一-鿿]{2,}", words.replace("七天无理由", "")), (page, re.findall(r"[一-鿿]{2,}", words)[:5])


@pytest.mark.parametrize("pack", PACKS)
def test_every_part_gives_back_what_it_was_given(desk: Any, house: Any, pack: str):
    address = copied(desk, pack)
    before = document(house, address)
    some = parts(desk.get(f"{address}/edit"))
    assert len(some) > 30
    if pack != "jd":  # what the packs share is looked at once
        with scope(house.pool, PLATFORM) as conn:
            jd = store.one(conn, "jd", 1)
        assert jd is not None
        some = [p for p in some if packs.at(before, p) != packs.at(jd["document"], p)][:12]
    for part in some:
        shown = desk.get(f"{address}/edit?part={part}")
        assert shown.status_code == 200, part
        sent = form(shown)
        answer = desk.post(f"{address}/edit?part={part}", sent)
        assert answer.status_code == 302, part
        assert canonical(document(house, address)) == canonical(before), part


def test_every_place_of_a_pack_and_every_choice_has_words():
    """A new field is shown by its bare name until somebody writes its words; this test asks for them."""
    missing: list[str] = []

    def look(shape: Shape) -> None:
        for name, inner in shape.inside.items():
            if name != "*" and name not in BESIDE and not wording.known(f"packs.f_{shape.cls}_{name}", "zh") and not wording.known(f"packs.f_{name}", "zh"):
                missing.append(f"packs.f_{name}")
            for code in (*inner.choices, *(inner.item.choices if inner.kind == "list" else ())):
                if code == (pack_words.key(inner.name, code, "zh") if inner.kind == "table" else pack_words.choice(inner.name, code, "zh", cls=inner.cls)):
                    missing.append(f"packs.v_{inner.name}_{code}")
            look(inner)

    look(pack_shape())
    assert missing == []


def canonical(value: Any) -> Any:
    """Without what says nothing (an empty list and no list are the same), choices of several in one order."""
    if isinstance(value, dict):
        return {k: canonical(v) for k, v in value.items() if v not in (None, [], {}, "", False)}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(v, str) for v in value) else [canonical(v) for v in value]
    return value


def test_what_is_typed_wrong_stays_and_is_told_beside_its_field(desk: Any, house: Any):
    address = copied(desk)
    sent = form(desk.get(f"{address}/edit?part=photos")) | {"photos.at_most": ["三张"]}
    assert desk.post(f"{address}/edit?part=photos", sent).status_code == 302
    body = desk.get(f"{address}/edit?part=photos").content.decode()
    assert 'value="三张"' in body
    assert "应为整数" in body
    assert "照片" in desk.get(f"{address}/check").content.decode()
    refused = desk.post(f"{address}/release", {"whom": "everybody"})
    assert refused.status_code == 409
    assert "1 处填写有误" in refused.content.decode()


def test_which_regime_counts_is_chosen_not_typed(desk: Any, house: Any):
    address = copied(desk)
    part = f"{address}/edit?part=compensation.late_shipment"
    shown = desk.get(part)
    select = re.search(r'<select[^>]*name="compensation.late_shipment.regime".*?</select>', shown.content.decode(), re.S)
    assert select is not None
    assert re.findall(r'value="(\w+)"', select[0].partition(">")[2]) == ["document", "web_2022"]
    assert desk.post(part, form(shown) | {"compensation.late_shipment.regime": ["web_2022"]}).status_code == 302
    assert "2022 年的两档规则" in desk.get(address).content.decode()
    assert "处填写有误" not in desk.get(f"{address}/check").content.decode()


def test_merchants_under_a_version_are_opened_from_the_list(desk: Any, house: Any):
    page = desk.get("/p/packs").content.decode()
    ways = re.findall(r"/p/merchants\?pack=(\w+@\d+)", page)
    assert ways
    told = desk.get(f"/p/merchants?pack={ways[0]}").content.decode()
    assert f"只看规则版本 {ways[0]} 的商家" in told
    assert "没有符合的商家" in desk.get("/p/merchants?pack=nobody@9").content.decode()


def test_rows_are_added_moved_and_removed_by_buttons(desk: Any, house: Any):
    address = copied(desk)
    part = f"{address}/edit?part=reasons.return"
    first = [leaf["code"] for leaf in document(house, address)["reasons"]["return"][0]["leaves"]]
    assert desk.post(part, form(desk.get(part)) | {"do": ["add|reasons.return[0].leaves"]}).status_code == 302
    n = len(first)
    at = f"reasons.return[0].leaves[{n}]"
    new = {f"{at}.code": ["arrived_late"], f"{at}.zh": ["到货太晚"], f"{at}.en": ["Arrived too late"], f"{at}.no_reason": ["1"], f"{at}.responsibility": ["buyer"]}
    assert desk.post(part, form(desk.get(part)) | new | {"do": [f"up|{at}"]}).status_code == 302
    codes = [leaf["code"] for leaf in document(house, address)["reasons"]["return"][0]["leaves"]]
    assert codes == [*first[:-1], "arrived_late", first[-1]]
    assert desk.post(part, form(desk.get(part)) | {"do": ["remove|reasons.return[0].leaves[0]"]}).status_code == 302
    assert [leaf["code"] for leaf in document(house, address)["reasons"]["return"][0]["leaves"]] == codes[1:]
    assert "逐项" not in desk.get(f"{address}/check").content.decode()


def test_a_section_is_dropped_and_offered_again(desk: Any, house: Any):
    address = copied(desk)
    part = f"{address}/edit?part=fast_review"
    assert desk.post(part, form(desk.get(part)) | {"do": ["drop|fast_review"]}).status_code == 302
    assert "fast_review" not in document(house, address)
    assert desk.post(part, form(desk.get(part))).status_code == 302
    assert "fast_review" not in document(house, address)
    assert desk.post(part, form(desk.get(part)) | {"do": ["offer|fast_review"]}).status_code == 302
    assert document(house, address)["fast_review"]["else_span"] == {"kind": "elapsed", "amount": 86_400}


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(desk: Any, house: Any):
    address = copied(desk)
    part = f"{address}/edit?part=clocks.review"
    both = form(desk.get(part))
    assert desk.post(part, both | {"clocks.review.span~amount": ["24"]}).status_code == 302
    assert desk.post(part, both | {"clocks.review.span~amount": ["24"]}).status_code == 302  # a double click
    answer = desk.post(part, both | {"clocks.review.span~amount": ["36"]})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "平平" in body
    assert 'value="36"' in body
    assert "24 小时" in body
    again = form(answer)
    assert desk.post(part, again).status_code == 302
    assert document(house, address)["clocks"]["review"]["span"]["amount"] == 36 * 3600


def test_a_document_goes_out_and_comes_back(desk: Any, house: Any):
    text = desk.get("/p/packs/jd/1/document.json").content.decode()
    answer = desk.post("/p/packs", {"text": text, "wish": new_id()})
    assert answer.status_code == 302
    address = answer.url.partition("?")[0]
    assert "检查通过" in desk.get(f"{address}/check").content.decode()
    assert "没有不同" in desk.get(f"{address}/compare?with=jd@1").content.decode()
    changed = json.loads(text) | {"gold_tolerance_mg": 20}
    edit = re.search(r'name="edit" value="(\d+)"', desk.get(f"{address}/document").content.decode())
    assert edit is not None
    assert desk.post(f"{address}/document", {"text": json.dumps(changed), "edit": edit[1]}).status_code == 302
    assert "20 mg" in desk.get(f"{address}/compare?with=jd@1").content.decode()
    wrong = desk.post(f"{address}/document", {"text": "{", "edit": "2"})
    assert wrong.status_code == 422
    assert "JSON" in wrong.content.decode()


def test_a_replay_is_watched_read_and_taken_away(desk: Any, house: Any):
    quick = trades(house, "快审家居")
    assert fast_review.join(house.pool, By(quick.hai), quick.now) is None
    number = quick.row(quick.apply(quick.order(("CUP", 1, 19900))), "number")[0]
    address = copied(desk)
    for part, changed in (("clocks.review", {"clocks.review.span~amount": ["24"]}), ("freight", {"freight.back.buyer": ["merchant"]}), ("fast_review", {"fast_review.amount_below": ["1.00"]})):
        assert desk.post(f"{address}/edit?part={part}", form(desk.get(f"{address}/edit?part={part}")) | changed).status_code == 302
    asked = desk.post(f"{address}/what-if", {"days": "30", "merchants": [quick.merchant], "wish": new_id()})
    assert asked.status_code == 302
    assert "已重演 0" in desk.get(asked.url).content.decode()
    while what_if.work(house.pool, house.clock.now()):
        pass
    body = desk.get(f"{asked.url}?kind=freight&about=").content.decode()
    assert number in body
    assert "运费由别人承担" in body
    lines = b"".join(desk.get(f"{asked.url}/differences.csv").streaming_content).decode("utf-8-sig").splitlines()
    mine = [line for line in lines if number in line]
    assert [line.split(",")[4] for line in mine] == ["运费由别人承担", "不再极速审核", "时限变短"]
    assert desk.post(f"{address}/what-if", {"days": "900", "wish": new_id()}).status_code == 422


@pytest.mark.parametrize("odd", [7, "x", [], {}, [7], {"x": 7}, [{"x": {}}], {"review": []}, None], ids=repr)
def test_a_document_of_any_kind_can_be_looked_at_and_put_right(desk: Any, house: Any, odd: Any):
    text = json.loads(desk.get("/p/packs/jd/1/document.json").content) | dict.fromkeys(("windows", "reasons", "clocks", "freight", "photos", "sources", "compensation", "flows", "timezone", "measures"), odd)
    address = desk.post("/p/packs", {"text": json.dumps(text), "wish": new_id()}).url.partition("?")[0]
    for page in ("", "/check", "/document", "/compare?with=jd@1", *(f"/edit?part={p}" for p in ("general", "windows", "reasons.return", "clocks.review", "freight", "photos", "sources", "compensation.goodwill", "flows.by_mode", "measures"))):
        assert desk.get(address + page).status_code == 200, page
    assert desk.post(f"{address}/release", {"whom": "everybody"}).status_code == 409
    part = f"{address}/edit?part=photos"
    assert desk.post(part, form(desk.get(part)) | {"photos.at_most": ["3"]}).status_code == 302


def test_a_merchant_reads_its_own_rules_and_what_changed(client: Any, desk: Any, house: Any, shop: people.Person):
    address = copied(desk)
    part = f"{address}/edit?part=clocks.review"
    assert desk.post(part, form(desk.get(part)) | {"clocks.review.span~amount": ["24"]}).status_code == 302
    assert desk.post(f"{address}/release", {"whom": "named", "merchants": [shop.merchant_id]}).status_code == 302
    body = enter(client, house, shop).get("/m/settings/rules").content.decode()
    assert "和之前的“京东 第 1 版”相比" in body
    assert "24 小时" in body
    assert "s-sources" in body


def test_others_may_look_and_not_touch(client: Any, house: Any, shop: people.Person, trading: Shop):
    assert enter(client, house, shop).get("/p/packs").status_code == 403


def test_without_scripts_or_words_a_person_changes_a_pack_and_gives_it_to_one_merchant(page: Any, site: str, house: Any, operator: people.Person, trading: Shop):
    """PO-14, PO-18: copy, 48 h → 24 h, a reason more, a replay, release to one; its new case has 24 h, its old one keeps 48 h."""
    old = trading.apply(trading.order(("CUP", 1, 19900)))
    due = trading.row(old, "due_at")[0]
    walk_in(page, site, "ping@platform.test", "/p/packs/jd/1")
    page.get_by_text("复制、发布与重演").click()
    page.get_by_label("中文名称").fill("青禾试点")
    page.get_by_label("英文名称").fill("Qinghe trial")
    page.get_by_role("button", name="复制", exact=True).click()
    page.get_by_text("已复制为草稿").wait_for()
    page.get_by_role("link", name="修改", exact=True).click()
    page.locator(".pk-parts summary", has_text="时限").click()
    page.locator(".pk-parts").get_by_role("link", name="审核", exact=True).click()
    page.get_by_label("时长", exact=True).first.fill("24")
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("已保存").wait_for()
    page.locator(".pk-parts summary", has_text="客户申请原因").click()
    page.locator(".pk-parts").get_by_role("link", name="退货", exact=True).click()
    page.get_by_role("button", name="添加具体原因").first.click()
    page.get_by_text("已更改").wait_for()
    row = page.locator(".pk-edit").first.locator("tbody tr").last
    row.locator("[name$='.code']").fill("arrived_late")
    row.locator("[name$='.zh']").fill("到货太晚")
    row.locator("[name$='.en']").fill("Arrived too late")
    row.locator("[name$='.responsibility']").select_option("carrier")
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("已保存").wait_for()
    page.get_by_role("link", name="检查").click()
    page.get_by_text("检查通过").wait_for()
    page.get_by_role("link", name="去发布").click()
    page.get_by_role("button", name="开始重演").click()
    page.wait_for_url("**/what-if/**")
    while what_if.work(house.pool, house.clock.now()):
        pass
    page.reload()
    page.get_by_role("link", name="审核 · 时限变短").first.click()
    assert trading.row(old, "number")[0] in page.locator("#cases").inner_text()
    page.get_by_role("link", name="青禾试点 · 第 1 版", exact=True).click()
    page.locator("#release summary").click()
    page.locator("#release").get_by_label("青禾家居").check()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("已发布：").wait_for()
    page.locator("#holders").get_by_text("青禾家居").wait_for()
    new = trading.apply(trading.order(("CUP", 1, 19900)), reason="arrived_late", photos=[])
    assert (trading.row(new, "due_at")[0] - trading.now).total_seconds() == 24 * 3600
    assert trading.row(old, "due_at")[0] == due
    assert trading.row(old, "facts ->> 'pack'")[0] == "jd"


def test_released_to_named_merchants_without_a_name_is_refused_and_stays_a_draft(desk: Any):
    address = copied(desk)
    refused = desk.post(f"{address}/release", {"whom": "named", "note": "先看看"})
    assert refused.status_code == 422
    body = refused.content.decode()
    assert "还没有选商家" in body
    assert "先看看" in body
    assert "/edit" in desk.get(address).content.decode()


@pytest.mark.parametrize(("part", "name", "typed", "says"), [
    ("fast_review", "fast_review.amount_below", "abc", "应为金额，例如 200.00"), ("windows", "windows[1].days", "99999999", "最长 3660 天"),
    ("clocks.review", "clocks.review.remind_before", "48", "提前提醒要短于这个时限本身"), ("reasons.return", "reasons.return[0].leaves[0].code", "坏 码", "代号只用小写字母"),
], ids=["money", "days", "reminder", "code"])
def test_wrong_figures_are_told_as_what_they_are(desk: Any, part: str, name: str, typed: str, says: str):
    at = f"{copied(desk)}/edit?part={part}"
    assert desk.post(at, form(desk.get(at)) | {name: [typed]}).status_code == 302
    body = desk.get(at).content.decode()
    assert says in body
    assert f'value="{typed}"' in body


def test_packs_are_called_by_their_names(desk: Any):
    assert "范围：使用 京东、春季规则 的商家" in desk.get(copied(desk)).content.decode()

"""Strategies in the browser without one: rows built by plain posts, refusals beside their fields, two editors, switches, versions, files, who may what."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.strategy import Action, Active, Condition, Limits, Row, Table
from amends.core.strategy_changes import begun, changed_rows, tried
from amends.core.strategy_facts import FACTS
from amends.core.strategy_json import encode_rows
from amends.engine import people, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.web.strategies.differences import differences
from amends.web.strategies.naming import Names
from amends.web.strategies.reading import Part, condition_of, row_of, typed_row
from amends.worker import automation
from tests.engine.strategy_shop import publish as publish_rows
from tests.engine.strategy_shop import row as one_row
from tests.shop import Shop
from tests.web.case_cast import grant, leaking_cup, stock_shop
from tests.web.conftest import enter

AT = ("service_order", "review")
ROW_URL = "/m/strategies/review/rows/new"
UNOPENED = {
    "row_name": "未拆封百元内", "conditions": "3", "fact.0": "case_type", "op.0": "is", "value.0": "return", "fact.1": "goods_state", "op.1": "is", "value.1": "unopened",
    "fact.2": "amount", "op.2": "lt", "value.2": "100", "action": "approve_return", "limit_per_buyer": "3",
}


@pytest.fixture(scope="module")
def goods(house: Any, shop: people.Person) -> Shop:
    """The shop with goods."""
    return stock_shop(house, shop)


@pytest.fixture
def me(client: Any, house: Any, shop: people.Person, goods: Shop) -> Any:
    """The main account at its desk."""
    return enter(client, house, shop)


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, name
    return found[1]


def draft(goods: Shop) -> strategies.Draft:
    return strategies.draft(goods.pool, goods.merchant, *AT)


def keep(me: Any, url: str = ROW_URL, **more: str) -> Any:
    """A row posted as the form of this moment would."""
    form = me.get(url)
    return me.post(url, UNOPENED | {"revision": hidden(form, "revision"), "once": hidden(form, "once")} | more)


def publish(me: Any, goods: Shop, **more: str) -> Any:
    page = me.get("/m/strategies/review/publish")
    return me.post("/m/strategies/review/publish", {"revision": hidden(page, "revision"), "next": hidden(page, "next"), "mode": "off", **more})


def test_a_row_is_built_by_plain_posts_and_kept_once(me: Any, goods: Shop) -> None:
    form = me.get(ROW_URL)
    given = {"revision": hidden(form, "revision"), "once": hidden(form, "once"), "conditions": "1", "row_name": "未拆封百元内"}
    chosen = me.post(ROW_URL, given | {"fact.0": "amount", "look": "1"})
    assert chosen.status_code == 200
    assert 'name="op.0"' in body(chosen)
    assert "¥" in body(chosen)
    assert "未拆封百元内" in body(chosen), "what was typed stays"
    more = me.post(ROW_URL, given | {"fact.0": "amount", "op.0": "lt", "value.0": "100", "add": "1"})
    assert 'name="fact.1"' in body(more)
    assert 'value="100"' in body(more)
    less = me.post(ROW_URL, given | {"conditions": "2", "fact.0": "amount", "op.0": "lt", "value.0": "100", "fact.1": "photos", "op.1": "ge", "value.1": "2", "drop": "0"})
    assert 'name="fact.1"' not in body(less)
    assert 'value="photos" selected' in body(less)
    before = len(draft(goods).table.rows)
    first = me.post(ROW_URL, UNOPENED | {"revision": given["revision"], "once": given["once"]})
    assert first.status_code == 302, body(first)
    again = me.post(ROW_URL, UNOPENED | {"revision": given["revision"], "once": given["once"]})
    assert again.status_code == 302, "a double click is one row"
    rows = draft(goods).table.rows
    assert len(rows) == before + 1
    row = rows[-1]
    assert row.conditions == (Condition("case_type", "is", "return"), Condition("goods_state", "is", "unopened"), Condition("amount", "lt", 10000))
    assert (row.action.command, row.limits, row.mode) == ("approve_return", Limits(per_buyer=3), "off")
    page = body(me.get("/m/strategies"))
    assert all(words in page for words in ("未拆封百元内", "<b>未拆封</b>", "<b>¥100</b>", "每客户 30 天 3 次", "待发布", "同意客户发货"))


@pytest.mark.parametrize(("typed", "words"), [
    pytest.param({"value.2": "一百"}, "“实付”要填金额", id="no-money"),
    pytest.param({"value.2": ""}, "请为“实付”填写要比较的值", id="nothing-to-compare"),
    pytest.param({"row_name": ""}, "请给这条策略起个名称", id="no-name"),
    pytest.param({"action": ""}, "请选择要做什么", id="no-action"),
    pytest.param({"action": "refund_without_return"}, "会花钱的动作要有上限", id="no-limit"),
    pytest.param({"limit_per_day": "三"}, "上限应是大于 0 的整数", id="limit-no-number"),
    pytest.param({"cel": "amount <"}, "高级条件写错了", id="expression"),
    pytest.param({"conditions": "0", "fact.0": "", "fact.1": "", "fact.2": ""}, "没有任何条件", id="every-case"),
    pytest.param({"from": "09:00"}, "时间要写成 09:00", id="half-a-time"),
    pytest.param({"action": "reject"}, "不通过原因", id="field-of-the-command"),
])
def test_refusals_stand_beside_their_fields_and_nothing_typed_is_lost(me: Any, goods: Shop, typed: dict[str, str], words: str) -> None:
    before = draft(goods).version
    refused = keep(me, **typed)
    assert refused.status_code == 422
    page = body(refused)
    assert re.search(rf'<p class="wrong"[^>]*>[^<]*{words}', page), words
    assert 'value="unopened" checked' in page or typed.get("conditions") == "0"
    assert draft(goods).version == before


def test_several_boxes_under_is_mean_any_of_them(me: Any, goods: Shop) -> None:
    assert keep(me, **{"value.0": ["return", "exchange"], "row_name": "退换"}).status_code == 302
    assert draft(goods).table.rows[-1].conditions[0] == Condition("case_type", "in", ("return", "exchange"))


def test_codes_that_are_typed_are_parted_by_commas(me: Any, goods: Shop) -> None:
    asked = me.post(ROW_URL, {"conditions": "1", "fact.0": "policy_code", "look": "1"})
    assert 'name="codes.0"' in body(asked)
    assert keep(me, **{"fact.0": "policy_code", "op.0": "in", "value.0": "", "codes.0": "open， shut、", "row_name": "代码"}).status_code == 302
    assert draft(goods).table.rows[-1].conditions[0] == Condition("policy_code", "in", ("open", "shut"))


def test_the_second_editor_is_told_and_loses_nothing(me: Any, goods: Shop, shop: people.Person) -> None:
    form = me.get(ROW_URL)
    other = By(replace(shop.actor(), name="知夏"))
    now = draft(goods)
    strategies.save_draft(goods.pool, other, *AT, strategies_json(now.table.rows), now.version, goods.now)
    told = me.post(ROW_URL, UNOPENED | {"revision": hidden(form, "revision"), "once": hidden(form, "once"), "row_name": "两个人"})
    assert told.status_code == 409
    assert "知夏" in body(told)
    assert "你的填写已保留" in body(told)
    assert 'value="两个人"' in body(told)
    after = me.post(ROW_URL, UNOPENED | {"revision": hidden(told, "revision"), "once": hidden(told, "once"), "row_name": "两个人"})
    assert after.status_code == 302
    assert draft(goods).table.rows[-1].name == "两个人"


def strategies_json(rows: Any) -> Any:
    return encode_rows(tuple(rows))


def test_rows_move_by_buttons_and_go(me: Any, goods: Shop) -> None:
    for name in ("甲", "乙"):
        assert keep(me, row_name=name).status_code == 302
    ids = [row.id for row in draft(goods).table.rows]
    assert me.post("/m/strategies/review/move", {"row": ids[-1], "way": "up"}).status_code == 302
    assert [row.name for row in draft(goods).table.rows[-2:]] == ["乙", "甲"]
    me.post("/m/strategies/review/move", {"row": ids[-1], "way": "before", "before": ids[0]})
    assert draft(goods).table.rows[0].name == "乙"
    gone = me.post(f"/m/strategies/review/rows/{ids[-1]}", {"remove": "1"})
    assert gone.status_code == 302
    assert ids[-1] not in [row.id for row in draft(goods).table.rows]
    assert me.get(f"/m/strategies/review/rows/{ids[-1]}").status_code == 404


def test_published_switched_and_rolled_back(me: Any, goods: Shop) -> None:
    keep(me, row_name="要发布的")
    page = body(me.get("/m/strategies/review/publish"))
    assert "行“要发布的”" in page
    done = publish(me, goods, mode="shadow", note="先看看")
    assert done.status_code == 302, body(done)
    first = strategies.table(goods.pool, goods.merchant, *AT)
    assert {row.mode for row in first.rows} == {"shadow"}
    again = me.post("/m/strategies/review/publish", {"revision": "0", "next": str(first.version), "mode": "on"})
    assert again.status_code == 302, "a double click is one version"
    assert strategies.table(goods.pool, goods.merchant, *AT).version == first.version
    table = body(me.get("/m/strategies"))
    assert "影子至" in table
    assert "从现在起" in table, "the effect is said before"
    row = first.rows[-1].id
    for mode in ("on", "off"):
        assert me.post("/m/strategies/review/switch", {"row": row, "mode": mode}).status_code == 302
        assert strategies.table(goods.pool, goods.merchant, *AT).rows[-1].mode == mode
    assert me.post("/m/strategies/review/switch", {"row": new_id(), "mode": "on"}).status_code == 409
    log = body(me.get("/m/settings/audit"))
    assert "发布策略" in log
    assert "切换策略" in log
    listed = body(me.get("/m/strategies/review/versions"))
    assert "先看看" in listed
    assert "从“影子”切到“开”" in listed
    back = me.post("/m/strategies/review/versions/back", {"version": str(first.version), "next": str(first.version + 3)})
    assert back.status_code == 302
    now = strategies.table(goods.pool, goods.merchant, *AT)
    assert (now.version, now.rows) == (first.version + 3, first.rows)
    me.post("/m/strategies/review/versions/back", {"version": str(first.version), "next": str(first.version + 3)})
    assert strategies.table(goods.pool, goods.merchant, *AT).version == now.version, "a double click is one roll-back"


def test_a_file_says_what_it_would_change_before_it_is_taken(me: Any, goods: Shop) -> None:
    keep(me, row_name="会导出的")
    publish(me, goods)
    file = me.get("/m/strategies/review/export.json")
    assert "attachment" in file["Content-Disposition"]
    document = json.loads(file.content)
    document["rows"][0]["name"] = "改过名字的"
    document["rows"][0]["conditions"][-1]["value"] = 30000
    looked = me.post("/m/strategies/review/import", {"file": SimpleUploadedFile("a.json", json.dumps(document).encode())})
    assert looked.status_code == 200
    assert "改为“实付 < ¥300”" in body(looked)
    assert draft(goods).same
    taken = me.post("/m/strategies/review/import", {"accept": "1", "document": html.unescape(hidden(looked, "document")), "revision": hidden(looked, "revision")})
    assert taken.status_code == 302
    assert draft(goods).table.rows[0].name == "改过名字的"
    document["rows"][0]["conditions"][0]["op"] = ["?"]
    for raw, words in ((b"{", "不是策略文件"), (json.dumps(document).encode(), "rows[0].conditions[0].op"), (json.dumps(document | {"node": "receipt", "rows": []}).encode(), "请到对应的环节导入")):
        wrong = me.post("/m/strategies/review/import", {"file": SimpleUploadedFile("a.json", raw)})
        assert wrong.status_code == 422
        assert words in body(wrong)
    assert me.post("/m/strategies/review/discard", {"revision": str(draft(goods).version)}).status_code == 302
    assert draft(goods).same
    same = json.dumps(json.loads(file.content))
    me.post("/m/strategies/review/import", {"accept": "1", "document": same, "revision": str(draft(goods).version)})
    assert "未发布的修改" not in body(me.get("/m/strategies")), "the same again is nothing to publish"
    me.post("/m/strategies/review/discard", {"revision": str(draft(goods).version)})


def test_ready_made_rows_are_taken_with_their_figures(me: Any, goods: Shop) -> None:
    page = me.get("/m/strategies/review/ready")
    assert "七天无理由未拆封小额退货" in body(page)
    given = {"ready": "unopened_no_reason", "once": new_id(), "amount": "88", "days": "7", "per_buyer": "2"}
    wrong = me.post("/m/strategies/review/ready", given | {"amount": "很多"})
    assert wrong.status_code == 422
    assert 'value="很多"' in body(wrong)
    for _ in range(2):
        assert me.post("/m/strategies/review/ready", given).status_code == 302
    rows = [row for row in draft(goods).table.rows if Condition("amount", "lt", 8800) in row.conditions]
    assert len(rows) == 1, "taken twice by a double click it stands there once"
    assert rows[0].mode == "off"


def test_who_may_only_look_sees_it_read_only(client: Any, house: Any, shop: people.Person, clerk: people.Person, goods: Shop) -> None:
    me = enter(client, house, clerk)
    assert me.get("/m/strategies").status_code == 403
    grant(house, shop, clerk, "read")
    page = body(me.get("/m/strategies"))
    assert "需要“维护自动化策略”权限" in page
    assert "/rows/new" not in page
    assert 'name="mode"' not in page
    assert me.get("/m/strategies/review/versions").status_code == 200
    for url in (ROW_URL, "/m/strategies/review/publish", "/m/strategies/review/ready", "/m/strategies/review/import"):
        assert me.get(url).status_code == 403
    for url in ("move", "switch", "discard", "try", "versions/back"):
        assert me.post(f"/m/strategies/review/{url}", {}).status_code == 403
    grant(house, shop, clerk, "read", "manage_strategies")
    assert me.get(ROW_URL).status_code == 200


def test_in_english_and_where_nothing_is(me: Any, goods: Shop) -> None:
    me.cookies["amends_lang"] = "en"
    page = me.get("/m/strategies", HTTP_ACCEPT_LANGUAGE="en")
    assert "From the top, the first row that fits acts" in body(page)
    empty = body(me.get("/m/strategies/receipt", HTTP_ACCEPT_LANGUAGE="en"))
    assert "No rows here yet" in empty
    assert "Start from a ready-made one" in empty
    for key in ("receipt", "processing", "cancellation_review", "cancellation_processing"):
        assert me.get(f"/m/strategies/{key}/rows/new").status_code == 200
    for url in ("/m/strategies/zzz", "/m/strategies/review/rows/zzz", f"/m/strategies/review/trials/{new_id()}", "/m/strategies/review/export.json?version=99"):
        assert me.get(url).status_code == 404


def test_a_case_says_what_the_strategies_would_do(me: Any, goods: Shop, shop: people.Person) -> None:
    case = leaking_cup(goods)
    by, at = By(shop.actor()), draft(goods)
    rows = (Row(new_id(), "小额", (Condition("amount", "lt", 5000),), "", Action("approve_return"), mode="on"), Row(new_id(), "有照片", (Condition("photos", "ge", 1),), "", Action("approve_return"), mode="on"))
    strategies.save_draft(goods.pool, by, *AT, strategies_json(rows), at.version, goods.now)
    assert not isinstance(strategies.publish(goods.pool, by, *AT, "", goods.now), list)
    page = body(me.get(f"/m/strategies/case/{case}", HTTP_HX_REQUEST="true"))
    assert "会由“有照片”自动办：同意客户发货" in page
    assert re.search(r"实付 是 ¥[\d.]+，要求 &lt; ¥50|实付 是 ¥[\d.]+，要求 < ¥50", page)
    assert "<html" not in page
    assert "<html" in body(me.get(f"/m/strategies/case/{case}"))
    assert me.get(f"/m/strategies/case/{new_id()}").status_code == 404


def test_every_count_opens_what_it_counts(me: Any, house: Any, goods: Shop, shop: people.Person) -> None:
    by, at = By(shop.actor()), draft(goods)
    row = Row(new_id(), "每天一单", (Condition("photos", "ge", 2),), "", Action("approve_return"), Limits(per_day=1), mode="on")
    strategies.save_draft(goods.pool, by, *AT, strategies_json((row,)), at.version, goods.now)
    assert not isinstance(strategies.publish(goods.pool, by, *AT, "", goods.now), list)
    automation.consider_all(house)
    cases = [leaking_cup(goods) for _ in range(3)]
    automation.consider_all(house)
    numbers = sorted(goods.row(case, "number")[0] for case in cases)
    table = body(me.get("/m/strategies"))
    assert "1 单</a>" in table
    assert re.search(r"没办成 [23] 单", table)
    pages = [body(me.get(f"/m/strategies/review/rows/{row.id}/cases{query}")) for query in ("", "?refused=1", "?shadow=1")]
    assert sorted(n for page in pages[:2] for n in numbers if n in page) == numbers, "one of a day was decided, the others were not"
    assert "最多 1 次" in pages[1] or "今天已执行 1 次" in pages[1]
    assert "没有单" in pages[2]
    left = body(me.get("/m/strategies/review/rows/people/cases"))
    assert sum(n in left for n in numbers) >= 2
    for odd in ("zzz/cases", f"{row.id}/cases?after=zzz~{row.id}", f"{row.id}/cases?after=%00"):
        assert me.get(f"/m/strategies/review/rows/{odd}").status_code in (200, 404)


A = Row("11111111-1111-4111-8111-111111111111", "甲", (Condition("amount", "lt", 20000),), "", Action("approve_return"), mode="on")
B = Row("22222222-2222-4222-8222-222222222222", "乙", (Condition("photos", "ge", 1),), "", Action("note", {"words": "看"}), mode="off")


@pytest.mark.parametrize(("before", "after", "told"), [
    pytest.param((A,), (replace(A, conditions=(Condition("amount", "lt", 30000),)),), ["“甲”：把“实付 < ¥200”改为“实付 < ¥300”"], id="value"),
    pytest.param((A, B), (B, A), ["“甲”从第 1 行移到第 2 行"], id="moved"),
    pytest.param((A, B), (A,), ["去掉“乙”"], id="removed"),
    pytest.param((A,), (replace(A, limits=Limits(per_day=5)),), ["“甲”：上限从“不限”改为“每天 5 单”"], id="limit"),
    pytest.param((A,), (replace(A, active=Active(weekdays=(0, 1, 2, 4), hours=("22:00", "08:00"))),), ["“甲”：生效时间从“随时”改为“周一至周三、周五 22:00–08:00”"], id="times"),
    pytest.param((A,), (replace(A, mode="off"),), ["“甲”：从“开”切到“关”"], id="switch"),
    pytest.param((A,), (A,), [], id="same"),
])
def test_differences_are_told_in_words(before: tuple[Row, ...], after: tuple[Row, ...], told: list[str]) -> None:
    found = [change.words for change in differences(before, after, Names("zh"), *AT, modes=True)]
    assert sorted(found) == sorted(told) or (len(told) == 1 and "移到" in told[0] and len(found) == 1)


def test_changed_rows_begin_as_wished_and_others_stay() -> None:
    cheaper = replace(A, conditions=(Condition("amount", "lt", 10000),), mode="off")
    assert changed_rows((A, B), (cheaper, B)) == {A.id}
    assert [row.mode for row in begun((A, B), (cheaper, replace(B, mode="on")), "shadow")] == ["shadow", "off"]
    asked = tried(Table("review", "service_order", 3, (A, B)), Table("review", "service_order", 3, (cheaper, B)))
    assert ([row.id for row in asked.rows], asked.version) == ([A.id], 0)
    assert tried(Table("review", "service_order", 3, (A, B)), Table("review", "service_order", 3, (A, B))).version == 3


def test_a_kept_row_is_typed_as_it_was() -> None:
    row = Row(
        A.id, "都有", (
            Condition("amount", "between", (1050, 20000)), Condition("description", "contains_any", ("漏", "裂")), Condition("time_of_day", "between", ("22:00", "08:00")),
            Condition("platform_delivery", "is", True), Condition("buyer_refund_rate_30", "le", 12.5), Condition("case_type", "in", ("exchange", "return")),
        ), "photos >= 1", Action("refund_without_return", {"amount": 900, "words": "好"}), Limits(5000, 2, 10, 90000), Active("2026-01-01", "2026-12-31", (0, 6), ("09:00", "18:00")),
    )
    plain = lambda n: f"{n // 100}.{n % 100:02d}"  # noqa: E731
    typed = typed_row(row, plain)
    typed.fields["amount"] = plain(900)
    assert row_of(typed, row.id, "off", *AT, "CNY", lambda _: "") == row


@pytest.mark.parametrize(("fact", "text", "value"), [
    ("amount", "100元", 10_000), ("amount", "￥１００．５ 块", 10_050), ("amount", "1,299.00 CNY", 129_900), ("amount", "一百", "一百"), ("days_since_receipt", "7天", 7), ("days_since_receipt", "７", 7),
    ("photos", "2 photos", 2), ("days_since_receipt", "7天半", "7天半"), ("buyer_refund_rate_30", "６０％", 60.0),
], ids=["yuan", "wide", "code", "words", "days", "wide-days", "photos", "half", "percent"])
def test_a_number_is_taken_as_people_write_it(fact: str, text: str, value: Any) -> None:
    assert condition_of(Part(fact, "lt", [text]), "CNY").value == value


def test_a_published_row_that_can_never_act_says_so_and_why(me: Any, goods: Shop) -> None:
    over = one_row("过期的", "approve_return", ("case_type", "is", "return"), active={"since": "", "until": "2020-01-01", "weekdays": [], "hours": ["", ""]})
    publish_rows(goods, over, one_row("好的"))
    page = body(me.get("/m/strategies"))
    assert "已发布的策略里有 1 行不会执行" in page
    assert page.count("不会执行：") == 1
    assert "不会执行：生效日期到" in page
    me.cookies["amends_lang"] = "en"
    assert "Never acts: It was in force until 1 Jan 2020, which is over" in body(me.get("/m/strategies", HTTP_ACCEPT_LANGUAGE="en"))


@pytest.mark.parametrize(("fact", "value", "told"), [("buyer_applications_30", 1, "1 time"), ("days_since_receipt", 7, "7 days"), ("photos", 1, "1"), ("quantity", 1, "1 piece")], ids=["one", "many", "named-alike", "piece"])
def test_figures_are_counted_in_english_as_people_do(fact: str, value: int, told: str) -> None:
    assert Names("en").one(FACTS[fact], value) == told

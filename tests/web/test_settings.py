"""Settings pages: what they show, what they change, whom they turn away (UI-6, ST-1 to ST-10)."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from amends.core.cases import MACHINES
from amends.core.clock_statement import statement
from amends.core.pack import CLOCKS
from amends.core.permissions import permissions_of
from amends.engine import people
from amends.engine.addresses import addresses_of
from amends.engine.deadlines import pack_of
from amends.engine.merchant_settings import settings_of
from amends.store.screens import staff as reads
from tests.web.conftest import PASSWORD, enter, walk_in
from tests.web.test_buyer_phone import CHECK, CONTRAST

PAGES = {"staff": "manage_staff", "roles": "manage_staff", "addresses": "manage_addresses", "shop": "manage_settings", "clocks": "read", "keys": "manage_keys", "audit": "read_audit"}
PLACE = {"receiver": "售后组", "phone": "0316-2345678", "province": "河北省", "city": "廊坊市", "district": "广阳区", "detail": "银河大街 1 号"}


def body(answer: Any) -> str:
    return answer.content.decode()


def by(person: people.Person) -> people.By:
    return people.By(person.actor())


def holding(house: Any, shop: people.Person, *permissions: str) -> people.Person:
    """A new sub-account with these permissions."""
    from amends.engine.ids import new_id

    made = people.make_person(house.pool, by(shop), f"{new_id()}@chengwu.test", "新人", house.clock.now(), password=PASSWORD)
    assert isinstance(made, people.Person), made
    for permission in permissions:
        assert people.grant(house.pool, by(shop), made.id, house.clock.now(), permission=permission) is None
    return made


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens_for_the_main_account_in_both_languages(client: Any, house: Any, shop: people.Person, name: str, lang: str) -> None:
    answer = enter(client, house, shop).get(f"/m/settings/{name}?lang={lang}")
    assert answer.status_code == 200
    assert ("设置" if lang == "zh" else "Settings") in body(answer)
    assert "style=" not in body(answer)
    assert "<script>" not in body(answer)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_needs_its_permission_and_says_which(client: Any, house: Any, shop: people.Person, clerk: people.Person, name: str) -> None:
    assert client.get(f"/m/settings/{name}").status_code == 302
    refused = enter(client, house, clerk).get(f"/m/settings/{name}")
    assert refused.status_code == 403
    assert "需要“" in body(refused)
    able = holding(house, shop, PAGES[name])
    assert enter(client, house, able).get(f"/m/settings/{name}").status_code == 200


def test_tabs_show_only_what_one_may_open(client: Any, house: Any, shop: people.Person) -> None:
    able = holding(house, shop, "manage_keys")
    answer = enter(client, house, able).get("/m/settings/")
    assert answer.headers["Location"] == "/m/settings/keys"
    assert set(re.findall(r'class="tab[^"]*" href="/m/settings/(\w+)"', body(client.get("/m/settings/keys")))) == {"keys"}


def test_the_platform_has_its_own_settings_without_a_shop(client: Any, house: Any, operator: people.Person) -> None:
    enter(client, house, operator)
    for name in ("staff", "roles", "keys", "audit"):
        assert client.get(f"/p/settings/{name}").status_code == 200
    for name in ("addresses", "shop", "clocks"):
        assert client.get(f"/p/settings/{name}").status_code == 403
    assert "/p/settings/roles" in body(client.get("/p/settings/staff"))


def test_a_person_is_invited_sets_a_password_by_the_link_and_comes_in(client: Any, house: Any, shop: people.Person) -> None:
    answer = enter(client, house, shop).post("/m/settings/staff", {"name": "小宁", "email": "ning@chengwu.test", "language": "en"})
    assert answer.status_code == 200
    link = re.search(r'value="http://[^/]+(/invitation\?token=[^"]+)"', body(answer))
    assert link
    client.cookies.clear()
    assert "小宁" in body(client.get(link[1]))
    assert client.post(link[1], {"password": PASSWORD, "again": "other-other-1"}).status_code == 422
    assert client.post(link[1], {"password": "short", "again": "short"}).status_code == 422
    assert client.post(link[1], {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    assert client.get(link[1]).status_code == 409
    assert client.post("/sign-in", {"email": "ning@chengwu.test", "password": PASSWORD}).status_code == 302


def test_a_refused_person_comes_back_as_typed_with_the_reason_at_the_field(client: Any, house: Any, shop: people.Person) -> None:
    answer = enter(client, house, shop).post("/m/settings/staff", {"name": "小宁", "email": shop.email, "language": "zh-CN"})
    assert answer.status_code == 422
    assert "已有账号" in body(answer)
    assert f'value="{shop.email}"' in body(answer)


def test_roles_and_direct_grants_are_set_as_ticked(client: Any, house: Any, shop: people.Person) -> None:
    who = holding(house, shop, "import_orders")
    enter(client, house, shop).post("/m/settings/roles/new", {"name": "夜班", "preset": "review"})
    role = next(r for r in reads.roles(house.pool, shop.merchant_id) if r["name"] == "夜班")
    assert "service_order.approve_return" in role["permissions"]
    assert "service_order.refund" not in role["permissions"]
    answer = client.post(f"/m/settings/staff/{who.id}/rights", {"roles": [role["id"]], "direct": ["read", "service_order.refund"]})
    assert answer.status_code == 302
    kept = reads.person(house.pool, shop.merchant_id, who.id)
    assert (kept["roles"], sorted(kept["direct"])) == ([role["id"]], ["read", "service_order.refund"])
    page = body(client.get(f"/m/settings/staff/{who.id}"))
    assert re.search(r'value="service_order.refund" checked', page)
    assert client.post(f"/m/settings/staff/{who.id}/rights", {}).status_code == 302
    assert reads.person(house.pool, shop.merchant_id, who.id)["direct"] == []


def test_who_cannot_give_a_permission_cannot_take_part_in_it(client: Any, house: Any, shop: people.Person) -> None:
    manager, who = holding(house, shop, "manage_staff", "read"), holding(house, shop, "service_order.refund")
    page = body(enter(client, house, manager).get(f"/m/settings/staff/{who.id}"))
    assert re.search(r'value="service_order.refund" checked disabled', page)
    client.post(f"/m/settings/staff/{who.id}/rights", {"direct": ["read", "service_order.exchange"]})
    assert sorted(reads.person(house.pool, shop.merchant_id, who.id)["direct"]) == ["read", "service_order.refund"]


def test_the_matrix_has_every_permission_and_saves_all_roles_at_once(client: Any, house: Any, shop: people.Person) -> None:
    enter(client, house, shop)
    for name in ("甲", "乙"):
        assert client.post("/m/settings/roles/new", {"name": name}).status_code == 302
    page = body(client.get("/m/settings/roles"))
    ids = {r["name"]: r["id"] for r in reads.roles(house.pool, shop.merchant_id)}
    offered = set(re.findall(rf'name="role-{ids["甲"]}" value="([^"]+)"', page))
    from amends.core.actor import Party

    assert offered == permissions_of(Party.MERCHANT, MACHINES)
    form: dict[str, Any] = {f"name-{ids['甲']}": "甲组", f"role-{ids['甲']}": ["read", "service_order.reject"], f"name-{ids['乙']}": "乙", f"role-{ids['乙']}": ["read"]}
    assert client.post("/m/settings/roles", form).status_code == 302
    kept = {r["name"]: set(r["permissions"]) for r in reads.roles(house.pool, shop.merchant_id)}
    assert (kept["甲组"], kept["乙"]) == ({"read", "service_order.reject"}, {"read"})
    twice = client.post("/m/settings/roles", form | {f"name-{ids['乙']}": "甲组"})
    assert twice.status_code == 422
    assert "已有名为" in body(twice)
    assert client.post(f"/m/settings/roles/{ids['乙']}/remove").status_code == 302
    assert "乙" not in {r["name"] for r in reads.roles(house.pool, shop.merchant_id)}


def test_a_key_is_shown_once_rotated_and_revoked(client: Any, house: Any, shop: people.Person) -> None:
    made = body(enter(client, house, shop).post("/m/settings/keys", {"name": "ERP", "permissions": ["read"], "life": "90"}))
    key = re.search(r'value="(amk_[^"]+)"', made)
    assert key
    assert key[1] not in body(client.get("/m/settings/keys"))
    assert people.key_holder(house.pool, key[1], house.clock.now()).permissions == {"read"}
    id_ = re.search(r"/m/settings/keys/([0-9a-f-]{36})/rotate", made)[1]
    fresh = re.search(r'value="(amk_[^"]+)"', body(client.post(f"/m/settings/keys/{id_}/rotate", {"overlap": "0"})))[1]
    assert people.key_holder(house.pool, key[1], house.clock.now()) is None
    assert people.key_holder(house.pool, fresh, house.clock.now()) is not None
    id_ = re.search(r"/m/settings/keys/([0-9a-f-]{36})/revoke", body(client.get("/m/settings/keys")))[1]
    assert client.post(f"/m/settings/keys/{id_}/revoke").status_code == 302
    assert people.key_holder(house.pool, fresh, house.clock.now()) is None
    assert client.post(f"/m/settings/keys/{id_}/revoke").status_code == 409


def test_a_key_without_permissions_comes_back_with_the_reason(client: Any, house: Any, shop: people.Person) -> None:
    answer = enter(client, house, shop).post("/m/settings/keys", {"name": "空的", "life": ""})
    assert answer.status_code == 422
    assert "请填写“权限”" in body(answer)
    assert 'value="空的"' in body(answer)


def test_an_address_by_three_levels_without_scripts(client: Any, house: Any, shop: people.Person) -> None:
    enter(client, house, shop)
    first = body(client.post("/m/settings/addresses/new", {"province": "河北省", "step": "1", "receiver": "售后组"}))
    assert ">廊坊市</option>" in first
    assert 'value="售后组"' in first
    second = body(client.post("/m/settings/addresses/new", {"province": "河北省", "city": "廊坊市", "step": "1"}))
    assert ">广阳区</option>" in second
    wrong = client.post("/m/settings/addresses/new", PLACE | {"district": "朝阳区"})
    assert wrong.status_code == 422
    assert "找不到“河北省 廊坊市 朝阳区”" in body(wrong)
    assert client.post("/m/settings/addresses/new", PLACE).status_code == 302
    (row,) = addresses_of(house.pool, by(shop))
    page = body(client.get("/m/settings/addresses"))
    assert "河北省廊坊市广阳区银河大街 1 号" in page
    assert client.post("/m/settings/addresses/new", PLACE | {"label": "二库"}).status_code == 302
    other = next(r["id"] for r in addresses_of(house.pool, by(shop)) if r["label"] == "二库")
    assert client.post(f"/m/settings/addresses/{other}/default").status_code == 302
    assert client.post(f"/m/settings/addresses/{other}/rest", {"active": "0"}).status_code == 409
    assert client.post(f"/m/settings/addresses/{row['id']}/rest", {"active": "0"}).status_code == 302
    assert client.post(f"/m/settings/addresses/{other}", PLACE | {"label": "三库"}).status_code == 302
    assert "三库" in body(client.get(f"/m/settings/addresses/{other}"))
    assert client.get("/m/settings/addresses/nothing").status_code == 404


def test_the_next_level_as_json(client: Any, house: Any, shop: people.Person) -> None:
    enter(client, house, shop)
    assert client.get("/m/settings/divisions", {"province": "河北省"}).json()["names"][0] == "石家庄市"
    assert "广阳区" in client.get("/m/settings/divisions", {"province": "河北省", "city": "廊坊市"}).json()["names"]
    assert client.get("/m/settings/divisions", {"province": "大河省"}).json()["names"] == []


def test_shop_settings_are_kept_and_a_wrong_day_comes_back(client: Any, house: Any, shop: people.Person) -> None:
    good = {"name": shop.merchant_name, "opens": "09:30", "closes": "20:00", "days_off": "2026-05-08\n2026-05-10", "days_on": "", "fast_refund": "1", "confirm_after_days": "10"}
    assert enter(client, house, shop).post("/m/settings/shop", good).status_code == 302
    kept = settings_of(house.pool, by(shop))["settings"]
    assert (kept["hours"], kept["days_off"], kept["fast_refund"]) == (["09:30", "20:00"], ["2026-05-08", "2026-05-10"], True)
    wrong = client.post("/m/settings/shop", good | {"days_on": "1 May"})
    assert wrong.status_code == 422
    assert "不是日期" in body(wrong)
    assert "1\nMay" in body(wrong)


def test_every_clock_of_the_pack_is_there(client: Any, house: Any, shop: people.Person) -> None:
    page = body(enter(client, house, shop).get("/m/settings/clocks"))
    lines = statement(pack_of("jd"))
    assert page.count("<tr>") == len({line.kind for line in lines}) + len(lines), "a line of each, and a heading for each kind of case"
    assert {line.clock for line in lines if not line.beside} == set(CLOCKS)
    assert all(words in page for words in ("赔付与补偿", "商家答复价保", "商家答复退货运费", "记为超时，标红", "90 天（同一时刻）"))
    assert "48 小时" in page
    assert "0 分" not in page
    assert "系统同意客户发货" in page


def test_the_log_is_searched_and_exported_and_the_export_is_in_it(client: Any, house: Any, shop: people.Person) -> None:
    holding(house, shop, "manage_stock")
    page = body(enter(client, house, shop).get("/m/settings/audit", {"action": "granted", "words": "manage_stock"}))
    assert "授予权限" in page
    assert "维护库存" in page
    assert "没有符合的记录" in body(client.get("/m/settings/audit", {"actor": "nobody at all"}))
    answer = client.get("/m/settings/audit.csv", {"action": "granted"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert {r["action"] for r in rows} == {"granted"}
    assert "导出" in body(client.get("/m/settings/audit", {"action": "exported"}))


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    from amends.web.settings_pages.audit import _cell

    assert [_cell(x) for x in ("=1+1", "@x", "plain", None, {"a": "周"})] == ["'=1+1", "'@x", "plain", "", '{"a": "周"}']


def test_another_merchant_s_people_are_not_there(client: Any, house: Any, shop: people.Person, operator: people.Person) -> None:
    enter(client, house, shop)
    assert client.get(f"/m/settings/staff/{operator.id}").status_code == 404
    assert client.get("/m/settings/staff/nonsense").status_code == 404


def test_an_address_with_the_help_of_the_script(page: Any, site: str, house: Any, shop: people.Person) -> None:
    walk_in(page, site, shop.email, "/m/settings/addresses/new")
    page.get_by_label("收货人").fill("浦东组")
    page.get_by_label("电话").fill("021-60000000")
    page.get_by_label("省份").select_option("上海市")
    page.locator("#f-district option").nth(10).wait_for(state="attached")
    assert page.get_by_label("城市").input_value() == "市辖区"
    page.get_by_label("区县").select_option("浦东新区")
    page.get_by_label("详细地址").fill("世纪大道 1 号")
    page.get_by_role("button", name="保存地址").click()
    page.wait_for_url("**/addresses?done=saved")
    assert page.get_by_text("上海市浦东新区世纪大道 1 号").is_visible()


def look(page: Any, *, touch: bool) -> list[str]:
    """What is wrong on the screen: names, ids, headings, contrast, width, and on a phone what is too low to be touched."""
    found = [*page.evaluate(CHECK), *page.evaluate(CONTRAST)]
    inline = ("low A 40", "low A 16 查看全部时限", "low A 16 新建角色")  # the shop's name over the page, and links inside a sentence
    return [f for f in found if not f.startswith("low" if not touch else inline)]


@pytest.mark.parametrize("path", ["staff", "roles", "addresses", "addresses/new", "shop", "clocks", "keys", "audit"])
def test_every_page_is_sound_on_a_phone_in_the_dark_and_on_a_desk_in_english(page: Any, site: str, shop: people.Person, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")
    walk_in(page, site, shop.email, f"/m/settings/{path}")
    assert look(page, touch=True) == []
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/m/settings/{path}?lang=en")
    assert look(page, touch=False) == []

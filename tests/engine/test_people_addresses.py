"""Return addresses: complete, real places, one default (ME-2)."""

from dataclasses import replace

import pytest

from amends.core.refusal import Refusal
from amends.engine.addresses import Typed, add_address, addresses_of, change_address, choose_default, rest_address
from amends.engine.people import By
from amends.store.connect import Pool
from tests.engine.people_cast import NOW, made, open_shop, trail

GOOD = Typed("青禾售后", "0316-2345678", "河北省", "廊坊市", "广阳区", "银河大街 1 号 3 库", "廊坊仓")
CITY = Typed("青禾北京", "13800000000", "北京", "", "朝阳区", "建国路 1 号")


def test_the_first_address_becomes_the_default_and_short_names_become_full(pool: Pool) -> None:
    by = open_shop(pool).by_main
    first, second = made(add_address(pool, by, GOOD, NOW)), made(add_address(pool, by, CITY, NOW))
    rows = addresses_of(pool, by)
    assert [(r["id"], r["is_default"]) for r in rows] == [(first, True), (second, False)]
    assert (rows[1]["province"], rows[1]["city"], rows[1]["district"], rows[1]["label"]) == ("北京市", "市辖区", "朝阳区", "朝阳区 青禾北京")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("receiver", " ", "required"), ("phone", "", "required"), ("province", "", "required"), ("district", "", "required"), ("detail", "", "required"),
     ("phone", "call me", "wrong_kind"), ("phone", "12", "wrong_kind"), ("detail", "长" * 121, "too_long"), ("receiver", "长" * 41, "too_long")],
)
def test_an_incomplete_address_is_refused_at_its_field(pool: Pool, field: str, value: str, code: str) -> None:
    refusal = add_address(pool, shared(pool), replace(GOOD, **{field: value}), NOW)
    assert (refusal.code, refusal.field) == (code, field)


@pytest.mark.parametrize(("province", "city", "district"), [("大河省", "廊坊市", "广阳区"), ("河北省", "苏州市", "广阳区"), ("河北省", "廊坊市", "朝阳区"), ("河北省", "", "广阳区")])
def test_a_place_that_is_not_there_is_refused(pool: Pool, province: str, city: str, district: str) -> None:
    refusal = add_address(pool, shared(pool), replace(GOOD, province=province, city=city, district=district), NOW)
    assert refusal.code == "place_unknown"
    assert "大河省 廊坊市 广阳区" in Refusal("place_unknown", {"place": "大河省 廊坊市 广阳区"}).say("zh")


_SHARED: dict[int, By] = {}


def shared(pool: Pool) -> By:
    return _SHARED.setdefault(id(pool), open_shop(pool).by_main)


@pytest.mark.parametrize("phone", ["13800000000", "010-87654321", "400-820-1234", "+852 2345 6789", "010-87654321转802"])
def test_phones_as_people_write_them(pool: Pool, phone: str) -> None:
    made(add_address(pool, shared(pool), replace(GOOD, phone=phone), NOW))


def test_there_is_always_exactly_one_default(pool: Pool) -> None:
    by = open_shop(pool).by_main
    first, second = made(add_address(pool, by, GOOD, NOW)), made(add_address(pool, by, CITY, NOW))
    assert rest_address(pool, by, first, NOW) == Refusal("address_is_default", {"label": "廊坊仓"})
    assert choose_default(pool, by, second, NOW) is None
    assert rest_address(pool, by, first, NOW) is None
    assert choose_default(pool, by, first, NOW) == Refusal("address_resting", {"label": "廊坊仓"})
    assert [(r["id"], r["is_default"], r["active"]) for r in addresses_of(pool, by)] == [(second, True, True), (first, False, False)]
    assert rest_address(pool, by, first, NOW, active=True) is None
    assert choose_default(pool, by, first, NOW) is None
    assert [r["id"] for r in addresses_of(pool, by) if r["is_default"]] == [first]


def test_changing_an_address_checks_it_again(pool: Pool) -> None:
    by = open_shop(pool).by_main
    address = made(add_address(pool, by, GOOD, NOW))
    assert change_address(pool, by, address, replace(GOOD, district="朝阳区"), NOW).code == "place_unknown"
    assert change_address(pool, by, address, CITY, NOW) is None
    assert change_address(pool, by, address, CITY, NOW) is None
    (row,) = addresses_of(pool, by)
    assert (row["detail"], row["is_default"]) == ("建国路 1 号", True)
    lines = [x for x in trail(pool, by.merchant_id) if x["kind"] == "address"]
    assert [x["action"] for x in lines] == ["address_made", "address_changed"]
    assert (lines[1]["before"]["city"], lines[1]["after"]["city"]) == ("廊坊市", "市辖区")


def test_only_with_the_permission_and_only_one_s_own(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    address = made(add_address(pool, other.by_main, GOOD, NOW))
    missing = Refusal("permission_missing", {"permission": "manage_addresses"})
    nobody = By(other.sub.actor())
    assert add_address(pool, nobody, GOOD, NOW) == change_address(pool, nobody, address, GOOD, NOW) == missing
    assert choose_default(pool, nobody, address, NOW) == rest_address(pool, nobody, address, NOW) == missing
    for refusal in (
        change_address(pool, shop.by_main, address, GOOD, NOW), choose_default(pool, shop.by_main, address, NOW), rest_address(pool, shop.by_main, address, NOW)
    ):
        assert refusal == Refusal("address_unknown")
    assert addresses_of(pool, shop.by_main) == []

"""Roles, grants and the wall between merchants (ST-1 to ST-4, ST-8, ST-9)."""

import pytest

from amends.core.actor import Party
from amends.core.cases import MACHINES
from amends.core.permissions import permissions_of
from amends.core.refusal import Refusal
from amends.engine.ids import new_id
from amends.engine.people import By, Main, Person, change_person, change_role, grant, make_merchant, make_person, make_role, remove_role, revoke, sign_in
from amends.store.connect import Pool
from tests.engine.people_cast import NOW, PASSWORD, Shop, made, open_platform, open_shop, trail

REVIEW = ("read", "service_order.approve_return", "service_order.reject")


def again(pool: Pool, person: Person) -> Person:
    return made(sign_in(pool, person.email, PASSWORD, "", "", NOW)).person


def staff_manager(pool: Pool, shop: Shop, *more: str) -> By:
    for permission in ("manage_staff", *more):
        assert grant(pool, shop.by_main, shop.sub.id, NOW, permission=permission) is None
    return By(again(pool, shop.sub).actor())


def test_a_person_holds_roles_and_direct_grants_together(pool: Pool) -> None:
    shop = open_shop(pool)
    role = made(make_role(pool, shop.by_main, "审核员", REVIEW, NOW))
    assert grant(pool, shop.by_main, shop.sub.id, NOW, role=role) is None
    assert grant(pool, shop.by_main, shop.sub.id, NOW, permission="refund_override") is None
    actor = again(pool, shop.sub).actor()
    assert actor.permissions == {*REVIEW, "refund_override"}
    assert actor.may("service_order", "reject")
    assert not actor.may("service_order", "refund")
    assert revoke(pool, shop.by_main, shop.sub.id, NOW, role=role) is None
    assert again(pool, shop.sub).permissions == {"refund_override"}


def test_giving_twice_and_taking_what_is_not_held_change_nothing(pool: Pool) -> None:
    shop = open_shop(pool)
    for _ in range(2):
        assert grant(pool, shop.by_main, shop.sub.id, NOW, permission="read") is None
    for _ in range(2):
        assert revoke(pool, shop.by_main, shop.sub.id, NOW, permission="read") is None
    assert [x["action"] for x in trail(pool, shop.main.merchant_id)].count("granted") == 1
    assert [x["action"] for x in trail(pool, shop.main.merchant_id)].count("revoked") == 1


@pytest.mark.parametrize("permission", sorted(permissions_of(Party.MERCHANT, MACHINES)))
def test_each_permission_of_the_matrix_can_be_given_and_gives_itself_only(pool: Pool, permission: str) -> None:
    shop = shared(pool)
    assert grant(pool, shop.by_main, shop.sub.id, NOW, permission=permission) is None
    held = again(pool, shop.sub).actor()
    assert held.permissions == {permission}
    kind, _, verb = permission.partition(".")
    assert held.may(kind, verb) if verb else held.holds(permission)
    assert not held.holds("*")
    assert revoke(pool, shop.by_main, shop.sub.id, NOW, permission=permission) is None
    assert again(pool, shop.sub).permissions == frozenset()


_SHARED: dict[int, Shop] = {}


def shared(pool: Pool) -> Shop:
    if id(pool) not in _SHARED:
        _SHARED[id(pool)] = open_shop(pool)
    return _SHARED[id(pool)]


def test_commands_of_the_platform_and_made_up_names_are_no_permissions_of_a_merchant(pool: Pool) -> None:
    shop = open_shop(pool)
    platform_only = permissions_of(Party.PLATFORM, MACHINES) - permissions_of(Party.MERCHANT, MACHINES)
    assert "service_order.refund_at_merchants_cost" in platform_only
    for name in (*platform_only, "*", "everything", ""):
        assert grant(pool, shop.by_main, shop.sub.id, NOW, permission=name).code == "permission_unknown", name
        assert make_role(pool, shop.by_main, "R", [name], NOW).code == "permission_unknown", name


def test_a_permission_that_no_longer_exists_gives_nothing(pool: Pool, admin) -> None:
    shop = open_shop(pool)
    admin.execute("insert into grants (id, merchant_id, person_id, permission) values (%s, %s, %s, '*')", (new_id(), shop.main.merchant_id, shop.sub.id))
    assert again(pool, shop.sub).permissions == frozenset()


def test_nobody_gives_what_they_do_not_hold(pool: Pool) -> None:
    shop = open_shop(pool)
    third = made(make_person(pool, shop.by_main, f"third-{new_id()}@example.com", "阿三", NOW, password=PASSWORD))
    money = made(make_role(pool, shop.by_main, "财务", ["service_order.refund"], NOW))
    by = staff_manager(pool, shop, "read")
    assert grant(pool, by, third.id, NOW, permission="service_order.refund") == Refusal("grant_beyond_own", {"permission": ["service_order.refund"]}, "permissions")
    assert grant(pool, by, by.actor.id, NOW, permission="service_order.refund").code == "grant_beyond_own"
    assert grant(pool, by, by.actor.id, NOW, role=money).code == "grant_beyond_own"
    assert make_role(pool, by, "暗门", ["service_order.refund"], NOW).code == "grant_beyond_own"
    mine = made(make_role(pool, by, "看看", ["read"], NOW))
    assert change_role(pool, by, mine, "看看", ["read", "service_order.refund"], NOW).code == "grant_beyond_own"
    assert change_role(pool, by, money, "财务部", ["service_order.refund", "read"], NOW) is None
    assert grant(pool, by, third.id, NOW, role=mine) is None
    assert again(pool, third).permissions == {"read"}


def test_staff_is_managed_only_with_the_permission(pool: Pool) -> None:
    shop = open_shop(pool)
    by, missing = By(shop.sub.actor()), Refusal("permission_missing", {"permission": "manage_staff"})
    role = made(make_role(pool, shop.by_main, "只读", ["read"], NOW))
    assert make_person(pool, by, "n@example.com", "N", NOW) == missing
    assert make_role(pool, by, "R", [], NOW) == missing
    assert change_role(pool, by, role, "R", [], NOW) == missing
    assert remove_role(pool, by, role, NOW) == missing
    assert grant(pool, by, shop.sub.id, NOW, permission="read") == missing
    assert revoke(pool, by, shop.sub.id, NOW, permission="read") == missing
    assert change_person(pool, by, shop.main.id, NOW, name="X", language="en", active=False) == missing
    assert missing.status == 403


def test_the_main_account_cannot_be_closed_or_stripped(pool: Pool) -> None:
    shop = open_shop(pool)
    by = staff_manager(pool, shop)
    for asker in (by, shop.by_main):
        assert change_person(pool, asker, shop.main.id, NOW, name="老海", language="en", active=False).code == "main_account_fixed"
        assert revoke(pool, asker, shop.main.id, NOW, permission="read").code == "main_account_fixed"
        assert grant(pool, asker, shop.main.id, NOW, permission="read").code == "main_account_fixed"
    assert change_person(pool, by, by.actor.id, NOW, name="小夏", language="en", active=False).code == "not_oneself"
    assert again(pool, shop.main).permissions == {"*"}


def test_a_role_s_change_and_end_reach_its_holders(pool: Pool) -> None:
    shop = open_shop(pool)
    role = made(make_role(pool, shop.by_main, "审核员", REVIEW, NOW))
    grant(pool, shop.by_main, shop.sub.id, NOW, role=role)
    assert change_role(pool, shop.by_main, role, "审核员", ["read"], NOW) is None
    assert again(pool, shop.sub).permissions == {"read"}
    assert remove_role(pool, shop.by_main, role, NOW) is None
    assert again(pool, shop.sub).permissions == frozenset()
    assert remove_role(pool, shop.by_main, role, NOW).code == "role_unknown"


def test_names_and_mails_are_taken_once(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    made(make_role(pool, shop.by_main, "审核员", REVIEW, NOW))
    second = made(make_role(pool, shop.by_main, "收货员", ["read"], NOW))
    assert make_role(pool, shop.by_main, " 审核员 ", [], NOW).code == "role_taken"
    assert change_role(pool, shop.by_main, second, "审核员", [], NOW).code == "role_taken"
    made(make_role(pool, other.by_main, "审核员", REVIEW, NOW))
    assert make_person(pool, shop.by_main, other.main.email.upper(), "重名", NOW).code == "email_taken"
    assert make_merchant(pool, "又一家", "jd", "SOP", Main(shop.main.email, "老海", PASSWORD), NOW).code == "email_taken"


@pytest.mark.parametrize(
    ("email", "name", "code", "field"),
    [("no-at", "A", "wrong_kind", "email"), ("a b@example.com", "A", "wrong_kind", "email"), ("a@b", "A", "wrong_kind", "email"),
     ("a@example.com", "  ", "required", "name"), ("a@example.com", "长" * 61, "too_long", "name")],
)
def test_a_person_needs_a_mail_and_a_name(pool: Pool, email: str, name: str, code: str, field: str) -> None:
    refusal = make_person(pool, shared(pool).by_main, email, name, NOW)
    assert (refusal.code, refusal.field) == (code, field)


@pytest.mark.parametrize(
    ("name", "pack", "mode", "field"), [(" ", "jd", "SOP", "name"), ("店", "nowhere", "SOP", "pack"), ("店", "../jd", "SOP", "pack"), ("店", "jd", "XYZ", "mode")]
)
def test_a_merchant_needs_a_name_a_pack_and_a_mode(pool: Pool, name: str, pack: str, mode: str, field: str) -> None:
    refusal = make_merchant(pool, name, pack, mode, Main("new@example.com", "新", PASSWORD), NOW)
    assert refusal.field == field


def test_one_merchant_cannot_touch_another_s_people_and_roles(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    role = made(make_role(pool, other.by_main, "审核员", REVIEW, NOW))
    assert grant(pool, shop.by_main, other.sub.id, NOW, permission="read").code == "person_unknown"
    assert revoke(pool, shop.by_main, other.sub.id, NOW, permission="read").code == "person_unknown"
    assert grant(pool, shop.by_main, shop.sub.id, NOW, role=role).code == "role_unknown"
    assert change_role(pool, shop.by_main, role, "X", [], NOW).code == "role_unknown"
    assert remove_role(pool, shop.by_main, role, NOW).code == "role_unknown"
    assert change_person(pool, shop.by_main, other.sub.id, NOW, name="X", language="en", active=False).code == "person_unknown"
    assert grant(pool, shop.by_main, "not-an-id", NOW, permission="read").code == "person_unknown"
    platform = By(open_platform(pool).actor())
    assert grant(pool, platform, other.sub.id, NOW, permission="read").code == "person_unknown"


def test_changes_are_in_the_audit_log_with_before_and_after(pool: Pool) -> None:
    shop = open_shop(pool)
    role = made(make_role(pool, shop.by_main, "审核员", ["read"], NOW))
    change_role(pool, shop.by_main, role, "审核", ["read", "service_order.claim"], NOW)
    change_role(pool, shop.by_main, role, "审核", ["read", "service_order.claim"], NOW)
    made(change_person(pool, shop.by_main, shop.sub.id, NOW, name="夏夏", language="en", active=True))
    lines = trail(pool, shop.main.merchant_id)
    assert [x["action"] for x in lines] == ["merchant_made", "person_made", "role_made", "role_changed", "person_changed"]
    assert lines[3]["before"] == {"name": "审核员", "permissions": ["read"]}
    assert lines[3]["after"] == {"name": "审核", "permissions": ["read", "service_order.claim"]}
    assert lines[4]["before"]["name"] == "小夏"
    assert lines[4]["after"] == {"name": "夏夏", "language": "en", "active": True}
    assert PASSWORD not in str(lines)
    assert "argon2" not in str(lines)

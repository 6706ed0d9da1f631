"""API keys: shown once, scoped, rotated, revoked; last use recorded (ST-6)."""

from datetime import timedelta

from amends.core.refusal import Refusal
from amends.engine.people import By, grant, key_holder, make_key, revoke_key, rotate_key, sign_in
from amends.store.connect import Pool
from tests.engine.people_cast import NOW, PASSWORD, made, open_platform, open_shop, trail

SCOPE = ("read", "service_order.approve_return")


def used_at(admin, key_id: str):
    return admin.execute("select used_at from api_keys where id = %s", (key_id,)).fetchone()[0]


def test_a_key_acts_for_its_merchant_with_its_permissions_only(pool: Pool) -> None:
    shop = open_shop(pool)
    shown = made(make_key(pool, shop.by_main, "ERP", SCOPE, NOW))
    actor = key_holder(pool, shown.key, NOW)
    assert (actor.id, actor.name, actor.merchant_id, actor.party) == (shown.id, "ERP", shop.main.merchant_id, "merchant")
    assert actor.permissions == set(SCOPE)
    assert shown.key.startswith("amk_")


def test_anything_else_holds_nothing(pool: Pool) -> None:
    shown = made(make_key(pool, open_shop(pool).by_main, "ERP", SCOPE, NOW))
    mark, prefix, secret = shown.key.split("_", 2)
    for bearer in ("", "amk", "amk__", f"amk_{prefix}_", f"amk_{prefix}_{secret}x", f"amk_{prefix}x_{secret}", f"xyz_{prefix}_{secret}", f"{mark}{prefix}{secret}"):
        assert key_holder(pool, bearer, NOW) is None, bearer


def test_the_secret_is_kept_nowhere(pool: Pool, admin) -> None:
    shop = open_shop(pool)
    shown = made(make_key(pool, shop.by_main, "ERP", SCOPE, NOW))
    kept = str(admin.execute("select k.*, a.* from api_keys k join audit a using (merchant_id) where merchant_id = %s", (shop.main.merchant_id,)).fetchall())
    assert shown.id in kept
    assert shown.key.split("_", 2)[2] not in kept


def test_last_use_is_noted_at_most_once_a_minute(pool: Pool, admin) -> None:
    shown = made(make_key(pool, open_shop(pool).by_main, "ERP", SCOPE, NOW))
    assert used_at(admin, shown.id) is None
    key_holder(pool, shown.key + "wrong", NOW)
    assert used_at(admin, shown.id) is None
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (90, 60), (500, 500)):
        key_holder(pool, shown.key, NOW + timedelta(seconds=seconds))
        assert used_at(admin, shown.id) == NOW + timedelta(seconds=noted)


def test_a_key_runs_out_and_is_revoked(pool: Pool) -> None:
    shop = open_shop(pool)
    short = made(make_key(pool, shop.by_main, "短期", SCOPE, NOW, expires_at=NOW + timedelta(days=1)))
    assert key_holder(pool, short.key, NOW + timedelta(days=1)) is None
    long = made(make_key(pool, shop.by_main, "长期", SCOPE, NOW))
    assert revoke_key(pool, shop.by_main, long.id, NOW) is None
    assert key_holder(pool, long.key, NOW) is None
    assert revoke_key(pool, shop.by_main, long.id, NOW) == Refusal("key_over", {"name": "长期"})
    assert rotate_key(pool, shop.by_main, short.id, NOW + timedelta(days=2)).code == "key_over"


def test_rotating_replaces_at_once_or_after_an_overlap(pool: Pool) -> None:
    shop = open_shop(pool)
    first = made(make_key(pool, shop.by_main, "ERP", SCOPE, NOW))
    second = made(rotate_key(pool, shop.by_main, first.id, NOW))
    assert key_holder(pool, first.key, NOW) is None
    assert key_holder(pool, second.key, NOW).permissions == set(SCOPE)
    third = made(rotate_key(pool, shop.by_main, second.id, NOW, overlap=timedelta(hours=24)))
    assert key_holder(pool, second.key, NOW + timedelta(hours=23)) is not None
    assert key_holder(pool, second.key, NOW + timedelta(hours=24)) is None
    assert key_holder(pool, third.key, NOW + timedelta(days=400)) is not None


def test_a_key_holds_no_more_than_its_maker(pool: Pool) -> None:
    shop = open_shop(pool)
    assert make_key(pool, By(shop.sub.actor()), "K", SCOPE, NOW) == Refusal("permission_missing", {"permission": "manage_keys"})
    grant(pool, shop.by_main, shop.sub.id, NOW, permission="manage_keys")
    by = By(made(sign_in(pool, shop.sub.email, PASSWORD, "", "", NOW)).person.actor())
    strong = made(make_key(pool, shop.by_main, "强", ["service_order.refund"], NOW))
    assert make_key(pool, by, "K", ["service_order.refund"], NOW).code == "grant_beyond_own"
    assert rotate_key(pool, by, strong.id, NOW).code == "grant_beyond_own"
    made(make_key(pool, by, "K", ["manage_keys"], NOW))
    assert revoke_key(pool, by, strong.id, NOW) is None


def test_what_a_key_needs(pool: Pool) -> None:
    by = open_shop(pool).by_main
    assert make_key(pool, by, " ", SCOPE, NOW).field == "name"
    assert make_key(pool, by, "名" * 61, SCOPE, NOW).code == "too_long"
    assert make_key(pool, by, "K", [], NOW).field == "permissions"
    assert make_key(pool, by, "K", ["*"], NOW).code == "permission_unknown"
    assert make_key(pool, by, "K", SCOPE, NOW, expires_at=NOW).code == "past_time"


def test_another_merchant_s_key_is_not_there(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    shown = made(make_key(pool, other.by_main, "ERP", SCOPE, NOW))
    assert revoke_key(pool, shop.by_main, shown.id, NOW).code == "key_unknown"
    assert rotate_key(pool, shop.by_main, shown.id, NOW).code == "key_unknown"
    assert revoke_key(pool, shop.by_main, "nonsense", NOW).code == "key_unknown"
    assert key_holder(pool, shown.key, NOW) is not None


def test_the_platform_has_keys_of_its_own_and_a_closed_merchant_s_are_dead(pool: Pool, admin) -> None:
    platform, shop = By(open_platform(pool).actor()), open_shop(pool)
    actor = key_holder(pool, made(make_key(pool, platform, "巡检", ["service_order.refund_at_merchants_cost"], NOW)).key, NOW)
    assert (actor.party, actor.merchant_id) == ("platform", None)
    dead = made(make_key(pool, shop.by_main, "ERP", SCOPE, NOW))
    admin.execute("update merchants set closed_at = now() where id = %s", (shop.main.merchant_id,))
    assert key_holder(pool, dead.key, NOW) is None


def test_the_life_of_a_key_is_in_the_audit_log(pool: Pool) -> None:
    shop = open_shop(pool)
    first = made(make_key(pool, shop.by_main, "ERP", SCOPE, NOW))
    second = made(rotate_key(pool, shop.by_main, first.id, NOW))
    revoke_key(pool, shop.by_main, second.id, NOW)
    lines = trail(pool, shop.main.merchant_id)[-3:]
    assert [x["action"] for x in lines] == ["key_made", "key_rotated", "key_revoked"]
    assert lines[1]["before"] == {"prefix": first.key.split("_")[1]}
    assert lines[1]["after"]["permissions"] == sorted(SCOPE)

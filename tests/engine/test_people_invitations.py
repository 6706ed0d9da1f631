"""Links to set one's own password; sending dead effects again; the audit log searched (ST-5, ST-8, OP-5)."""

from datetime import timedelta

from amends.core.refusal import Refusal
from amends.engine.dead_letters import resend
from amends.engine.ids import new_id
from amends.engine.invitations import LIFE, accept, invite, invited
from amends.engine.people import By, SignedIn, change_person, grant, make_person, set_password, sign_in
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens.audit_log import Sought, every, page
from tests.engine.people_cast import NOW, PASSWORD, made, open_platform, open_shop, trail

SECRET = b"of this test"


def test_an_invited_person_sets_a_password_once_by_the_link(pool: Pool) -> None:
    shop = open_shop(pool)
    guest = made(make_person(pool, shop.by_main, f"{new_id()}@example.com", "小客", NOW))
    assert sign_in(pool, guest.email, "", "", "", NOW).code == "sign_in_wrong"
    token = made(invite(pool, SECRET, shop.by_main, guest.id, NOW))
    assert invited(pool, SECRET, token, NOW) == guest
    assert accept(pool, SECRET, token, "short", NOW).code == "password_length"
    assert accept(pool, SECRET, token, PASSWORD, NOW, "203.0.113.5") == guest
    assert isinstance(sign_in(pool, guest.email, PASSWORD, "", "", NOW), SignedIn)
    assert accept(pool, SECRET, token, PASSWORD + "x", NOW) == Refusal("invitation_over")
    assert trail(pool, shop.main.merchant_id)[-2]["after"] == {"by": "link"}


def test_a_link_is_dead_when_late_forged_or_overtaken(pool: Pool) -> None:
    shop = open_shop(pool)
    token = made(invite(pool, SECRET, shop.by_main, shop.sub.id, NOW))
    over = Refusal("invitation_over")
    assert invited(pool, SECRET, token, NOW + LIFE) == over
    assert invited(pool, b"another house", token, NOW) == over
    assert invited(pool, SECRET, token[:-2], NOW) == over
    set_password(pool, shop.by_main, shop.sub.id, "black-Coffee-at-nine", NOW)
    assert invited(pool, SECRET, token, NOW) == over
    fresh = made(invite(pool, SECRET, shop.by_main, shop.sub.id, NOW))
    change_person(pool, shop.by_main, shop.sub.id, NOW, name="小夏", language="en", active=False)
    assert invited(pool, SECRET, fresh, NOW) == over


def test_nobody_takes_over_an_account_that_holds_more(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    grant(pool, shop.by_main, shop.sub.id, NOW, permission="manage_staff")
    by = By(made(sign_in(pool, shop.sub.email, PASSWORD, "", "", NOW)).person.actor())
    assert invite(pool, SECRET, by, shop.main.id, NOW).code == "grant_beyond_own"
    assert invite(pool, SECRET, by, other.sub.id, NOW).code == "person_unknown"
    assert invite(pool, SECRET, By(other.sub.actor()), other.sub.id, NOW).code == "permission_missing"


def dead_effect(pool: Pool, merchant: str) -> str:
    effect = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "insert into outbox (merchant_id, id, effect, due_at, attempts, dead_at, last_error) values (%s, %s, 'tell_buyer', %s, 12, %s, 'refused')",
            (merchant, effect, NOW, NOW),
        )
    return effect


def test_a_dead_effect_is_sent_again_by_the_platform_and_only_once(pool: Pool) -> None:
    shop, platform = open_shop(pool), By(open_platform(pool).actor())
    merchant = shop.main.merchant_id
    effect = dead_effect(pool, merchant)
    assert resend(pool, By(shop.sub.actor()), merchant, effect, NOW).code == "permission_missing"
    assert resend(pool, open_shop(pool).by_main, merchant, effect, NOW) == Refusal("not_dead")
    assert resend(pool, platform, merchant, effect, NOW) is None
    assert resend(pool, platform, merchant, effect, NOW) == Refusal("not_dead")
    assert resend(pool, platform, merchant, "x", NOW) == Refusal("not_dead")
    assert [x["action"] for x in trail(pool, merchant)].count("resent") == 1


def test_the_log_is_searched_by_action_person_words_and_time_and_paged(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    for n in range(5):
        grant(pool, shop.by_main, shop.sub.id, NOW + timedelta(hours=n), permission=["read", "import_orders", "manage_keys", "manage_stock", "manage_staff"][n])
    mine = shop.main.merchant_id
    assert len(page(pool, mine, Sought(action="granted"))) == 5
    assert {r["merchant_id"] for r in page(pool, mine, Sought())} == {mine}
    assert [r["after"] for r in page(pool, mine, Sought(words="manage_st"))] == [{"permission": "manage_staff"}, {"permission": "manage_stock"}]
    assert page(pool, mine, Sought(words="%")) == []
    assert len(page(pool, mine, Sought(actor="老", action="granted", since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=3)))) == 2
    assert page(pool, mine, Sought(actor="nobody")) == []
    assert len({r["id"] for r in every(pool, mine, Sought(), chunk=2)}) == len(page(pool, mine, Sought()))
    both = {r["merchant_id"] for r in page(pool, None, Sought(everybody=True), 500)}
    assert {mine, other.main.merchant_id} <= both
    assert page(pool, None, Sought(action="granted")) == []

"""Signing in and out: who comes in, who waits, who is put out (ST-5, ST-8)."""

from datetime import timedelta

import pytest

from amends.core.refusal import Refusal
from amends.engine import passwords, sessions
from amends.engine.people import (
    By,
    SignedIn,
    change_password,
    change_person,
    end_session,
    sessions_of,
    set_password,
    sign_in,
    sign_out,
    sign_out_everywhere,
    whose,
)
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.sessions import attempts_of
from tests.engine.people_cast import ADDRESS, NOW, PASSWORD, made, open_platform, open_shop, trail


def enter(pool: Pool, email: str, password: str = PASSWORD, now=NOW, address: str = ADDRESS) -> SignedIn | Refusal:
    return sign_in(pool, email, password, address, "Test/1.0", now)


def test_the_right_password_opens_a_session_for_the_person(pool: Pool) -> None:
    shop = open_shop(pool)
    signed = made(enter(pool, shop.main.email.upper()))
    assert signed.person == shop.main
    assert whose(pool, signed.token, NOW) == shop.main
    assert shop.main.actor().permissions == {"*"}
    assert (shop.main.merchant_name, shop.main.timezone, shop.main.currency) == ("青禾家居", "Asia/Shanghai", "CNY")


def test_a_sub_account_holds_nothing_until_granted(pool: Pool) -> None:
    shop = open_shop(pool)
    assert made(enter(pool, shop.sub.email)).person.permissions == frozenset()


def test_the_platform_signs_in_too(pool: Pool) -> None:
    person = open_platform(pool)
    signed = made(enter(pool, person.email))
    assert signed.person.merchant_id is None
    assert signed.person.actor().party == "platform"


def test_wrong_password_and_unknown_mail_get_the_same_answer(pool: Pool) -> None:
    shop = open_shop(pool)
    wrong, unknown = enter(pool, shop.main.email, "not-the-password"), enter(pool, "nobody-here@example.com", "not-the-password")
    assert wrong == unknown == Refusal("sign_in_wrong", field="password")


def test_an_unknown_mail_costs_a_hash_like_a_known_one(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, compared = open_shop(pool), []
    monkeypatch.setattr(passwords, "_HASHER", Counting(passwords._HASHER, compared))
    enter(pool, shop.main.email, "not-the-password")
    enter(pool, "nobody-at-all@example.com", "not-the-password")
    assert len(compared) == 2


class Counting:
    def __init__(self, real, seen):
        self.real, self.seen = real, seen

    def verify(self, kept, password):
        self.seen.append(kept)
        return self.real.verify(kept, password)

    def __getattr__(self, name):
        return getattr(self.real, name)


@pytest.mark.parametrize("known", [True, False])
def test_many_failures_lock_for_longer_and_longer(pool: Pool, known: bool) -> None:
    email = open_shop(pool).main.email if known else "never-was-here@example.com"
    for n in range(sessions.FREE_ATTEMPTS):
        assert enter(pool, email, "wrong", address=f"198.51.100.{n}").code == "sign_in_wrong"
    assert enter(pool, email, PASSWORD).code == "sign_in_wait"
    later = NOW + timedelta(seconds=31)
    assert enter(pool, email, "wrong", later).code == "sign_in_wrong"
    assert enter(pool, email, PASSWORD, later + timedelta(seconds=31)).code == "sign_in_wait"
    free = later + timedelta(seconds=61)
    assert isinstance(enter(pool, email, PASSWORD, free), SignedIn) is known


def test_signing_in_forgets_the_failures(pool: Pool) -> None:
    email = open_shop(pool).main.email
    for _ in range(3):
        for _ in range(sessions.FREE_ATTEMPTS - 1):
            enter(pool, email, "wrong", address="")
        made(enter(pool, email, address=""))


def test_one_address_cannot_try_for_ever(pool: Pool) -> None:
    for _ in range(sessions.ATTEMPTS_AN_ADDRESS):
        with scope(pool, PLATFORM) as conn:
            attempts_of(conn, "sign_in:192.0.2.66", NOW, sessions.WINDOW)
    assert enter(pool, open_shop(pool).main.email, address="192.0.2.66") == Refusal("sign_in_wait", {"minutes": 15})
    made(enter(pool, open_shop(pool).main.email, address="192.0.2.66", now=NOW + sessions.WINDOW))


def test_the_database_keeps_neither_token_nor_password(pool: Pool, admin) -> None:
    shop = open_shop(pool)
    token = made(enter(pool, shop.main.email)).token
    kept = str(admin.execute("select s.*, p.*, a.* from sessions s join people p on p.id = s.person_id join audit a on a.merchant_id = p.merchant_id").fetchall())
    assert shop.main.email in kept
    assert token not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_a_session_ends_after_its_time_or_lying_idle(pool: Pool) -> None:
    shop = open_shop(pool)
    token = made(enter(pool, shop.main.email)).token
    assert whose(pool, token, NOW + sessions.IDLE) is None
    at = NOW
    while at + timedelta(hours=11) < NOW + sessions.LIFE:
        at += timedelta(hours=11)
        assert whose(pool, token, at) == shop.main
    assert whose(pool, token, NOW + sessions.LIFE) is None
    assert whose(pool, "", NOW) is None
    assert whose(pool, "made up", NOW) is None


def test_who_is_closed_or_whose_merchant_is_closed_is_out(pool: Pool, admin) -> None:
    shop = open_shop(pool)
    main, sub = made(enter(pool, shop.main.email)).token, made(enter(pool, shop.sub.email)).token
    made(change_person(pool, shop.by_main, shop.sub.id, NOW, name="小夏", language="en", active=False))
    assert whose(pool, sub, NOW) is None
    assert enter(pool, shop.sub.email).code == "sign_in_wrong"
    admin.execute("update merchants set closed_at = now() where id = %s", (shop.main.merchant_id,))
    assert whose(pool, main, NOW) is None
    assert enter(pool, shop.main.email).code == "sign_in_wrong"


def test_signing_out_here_and_everywhere(pool: Pool) -> None:
    shop = open_shop(pool)
    here, there, third = (made(enter(pool, shop.main.email)).token for _ in range(3))
    assert sign_out(pool, there, NOW)
    assert not sign_out(pool, there, NOW)
    assert whose(pool, there, NOW) is None
    assert sign_out_everywhere(pool, shop.by_main, NOW, keep=here) == 1
    assert whose(pool, third, NOW) is None
    assert whose(pool, here, NOW) == shop.main


def test_the_list_of_sessions_and_ending_one(pool: Pool) -> None:
    shop, other = open_shop(pool), open_shop(pool)
    here, there = (made(enter(pool, shop.main.email)).token for _ in range(2))
    listed = sessions_of(pool, shop.by_main, NOW, here)
    assert sorted(row["here"] for row in listed) == [False, True]
    assert {row["address"] for row in listed} == {ADDRESS}
    away = next(row["session"] for row in listed if not row["here"])
    assert not end_session(pool, other.by_main, away, NOW)
    assert end_session(pool, shop.by_main, away, NOW)
    assert whose(pool, there, NOW) is None
    assert [row["here"] for row in sessions_of(pool, shop.by_main, NOW, here)] == [True]


def test_one_s_own_password_asks_for_the_old_one_and_ends_other_sessions(pool: Pool) -> None:
    shop = open_shop(pool)
    here, there = (made(enter(pool, shop.main.email)).token for _ in range(2))
    fresh = "black-Coffee-at-nine"
    assert change_password(pool, shop.by_main, "wrong", fresh, NOW).field == "old_password"
    assert change_password(pool, shop.by_main, PASSWORD, "short", NOW).code == "password_length"
    for easy in ("aaaaaaaaaaaa", shop.main.email, shop.main.email.partition("@")[0] + "99"):
        assert change_password(pool, shop.by_main, PASSWORD, easy, NOW).code == "password_guessable"
    assert change_password(pool, shop.by_main, PASSWORD, fresh, NOW, keep=here) is None
    assert (whose(pool, here, NOW), whose(pool, there, NOW)) == (shop.main, None)
    assert enter(pool, shop.main.email).code == "sign_in_wrong"
    made(enter(pool, shop.main.email, fresh))


def test_the_password_of_somebody_who_holds_more_cannot_be_set(pool: Pool) -> None:
    from amends.engine.people import grant

    shop = open_shop(pool)
    assert grant(pool, shop.by_main, shop.sub.id, NOW, permission="manage_staff") is None
    sub = made(enter(pool, shop.sub.email)).person
    assert set_password(pool, By(sub.actor()), shop.main.id, "black-Coffee-at-nine", NOW).code == "grant_beyond_own"
    assert set_password(pool, shop.by_main, sub.id, "black-Coffee-at-nine", NOW) is None
    made(enter(pool, sub.email, "black-Coffee-at-nine"))


def test_an_old_hash_is_renewed_at_sign_in(pool: Pool, admin) -> None:
    from argon2 import PasswordHasher

    shop = open_shop(pool)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    admin.execute("update people set password_hash = %s where id = %s", (weak, shop.main.id))
    made(enter(pool, shop.main.email))
    (kept,) = admin.execute("select password_hash from people where id = %s", (shop.main.id,)).fetchone()
    assert not passwords.outdated(kept)
    assert passwords.fits(PASSWORD, kept)


def test_every_entry_and_failure_is_in_the_audit_log(pool: Pool) -> None:
    shop = open_shop(pool)
    enter(pool, shop.main.email, "hunter2-hunter2")
    token = made(enter(pool, shop.main.email)).token
    sign_out(pool, token, NOW, ADDRESS)
    lines = [x for x in trail(pool, shop.main.merchant_id) if x["actor"] == shop.main.id]
    assert [x["action"] for x in lines][-3:] == ["sign_in_failed", "sign_in", "sign_out"]
    assert all(x["address"] == ADDRESS for x in lines[-3:])
    assert "hunter2" not in str(lines)


def test_old_counts_and_sessions_are_swept_at_a_sign_in(pool: Pool, admin) -> None:
    shop = open_shop(pool)
    made(enter(pool, shop.main.email, address="192.0.2.9"))
    enter(pool, "somebody-unknown@example.com", address="192.0.2.10")
    later = NOW + sessions.LIFE + timedelta(days=2)
    token = made(enter(pool, shop.main.email, now=later, address="192.0.2.11")).token
    assert admin.execute("select count(*) from rate_limits where window_start < %s", (later - timedelta(days=1),)).fetchone() == (0,)
    assert admin.execute("select count(*) from sessions where person_id = %s", (shop.main.id,)).fetchone() == (1,)
    assert whose(pool, token, later) == shop.main

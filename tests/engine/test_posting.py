"""Posting to the ledger on a real database: once, balanced or not at all, right under concurrency."""

import random
import threading
from uuid import UUID

import psycopg
import pytest

from amends.core import movements as m
from amends.core.ledger import Movement
from amends.engine import posting
from amends.engine.ids import new_id
from amends.store.connect import scope
from tests.shop import NOON, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def made(movement):
    assert isinstance(movement, Movement), movement
    return movement


def granted(amount=1000, about=None):
    return posting.row(made(m.refund_granted(m.Granted(amount), "CNY")), about or new_id(), case_id=new_id(), case_version=3)


def write(shop, *rows):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return posting.post(conn, shop.merchant, rows, NOON)


def balances(shop):
    return dict(shop.all("select account, balance_minor from ledger_balances where merchant_id = %s", shop.merchant))


def summed(shop):
    return {a: int(b) for a, b in shop.all("select account, sum(amount_minor) from ledger_entries where merchant_id = %s group by 1", shop.merchant)}


def test_a_movement_is_posted_once_however_often_it_is_told(shop):
    again = [granted(500, "the same event") for _ in range(3)]
    assert write(shop, again[0], again[1])
    assert not write(shop, again[1])
    write(shop, again[2], posting.row(made(m.refund_moved(500, "wepay", "CNY")), "the same event"))
    assert balances(shop) == summed(shop) == {"merchant_settlement": -500, "buyer_refund": 0, "provider:wepay": 500}
    assert shop.all("select kind, count(*) from ledger_movements where merchant_id = %s group by 1 order by 1", shop.merchant) == [("refund_granted", 1), ("refund_moved", 1)]


def test_nothing_to_post_writes_nothing(shop):
    assert not write(shop)
    assert balances(shop) == {}


def test_an_unbalanced_movement_is_refused_by_the_database_among_thousands(shop):
    rows = [granted() for _ in range(3000)]
    rows[2345]["lines"][0]["amount_minor"] -= 1
    with pytest.raises(psycopg.errors.CheckViolation, match="does not sum to zero"):
        write(shop, *rows)
    assert balances(shop) == summed(shop) == {}
    write(shop, *[granted() for _ in range(3000)])
    assert balances(shop) == {"merchant_settlement": -3_000_000, "buyer_refund": 3_000_000}


def test_two_wrongs_in_two_currencies_or_two_movements_do_not_make_a_right(shop):
    first, second = granted(), granted()
    first["lines"][0]["amount_minor"] -= 1
    second["lines"][0]["amount_minor"] += 1
    with pytest.raises(psycopg.errors.CheckViolation):
        write(shop, first, second)
    entry = "insert into ledger_entries (merchant_id, movement_id, line, account, currency, amount_minor, at) values (%(m)s, %(i)s, 1, 'penalty', 'CNY', 5, now()), (%(m)s, %(i)s, 2, 'freight', 'USD', -5, now())"
    with pytest.raises(psycopg.errors.CheckViolation), scope(shop.pool, UUID(shop.merchant)) as conn:
        conn.execute(entry, {"m": shop.merchant, "i": new_id()})


@pytest.mark.parametrize("change", ["update ledger_entries set amount_minor = amount_minor + 1", "delete from ledger_entries", "update ledger_movements set kind = 'penalty_charged'", "delete from ledger_movements"])
def test_what_was_posted_stays_as_it_is(shop, admin, change):
    write(shop, granted())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        admin.execute(change)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), scope(shop.pool, UUID(shop.merchant)) as conn:
        conn.execute(change)


def test_many_at_once_leave_the_balances_that_their_entries_sum_to(shop):
    ways = ["wepay", "alipay", "manual"]
    shared = [(new_id(), ways[n % 3]) for n in range(60)]
    wrong = []

    def work(seed):
        chance = random.Random(seed)
        order = chance.sample(shared, len(shared))
        try:
            for n in range(0, len(order), 7):
                rows = [posting.row(made(m.refund_moved(700, way, "CNY")), about) for about, way in order[n : n + 7]]
                rows += [granted(chance.randrange(1, 9000)) for _ in range(3)]
                chance.shuffle(rows)
                write(shop, *rows)
        except psycopg.Error as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []
    assert balances(shop) == summed(shop)
    assert sum(balances(shop).values()) == 0
    assert {k: v for k, v in balances(shop).items() if k.startswith("provider:")} == {f"provider:{w}": 14000 for w in ways}
    assert shop.all("select count(*) from ledger_movements where merchant_id = %s and kind = 'refund_moved'", shop.merchant) == [(60,)]


def test_a_merchant_sees_and_writes_only_its_own(shop, pool):
    other = open_shop(pool, name="别家")
    write(other, granted(900))
    with scope(pool, UUID(shop.merchant)) as conn:
        assert conn.execute("select count(*) from ledger_entries").fetchone() == (0,)
        assert conn.execute("select count(*) from ledger_balances").fetchone() == (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), scope(pool, UUID(shop.merchant)) as conn:
        posting.post(conn, other.merchant, [granted()], NOON)

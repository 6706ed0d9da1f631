"""Links, visits and phone proofs: who may look at an order without an account (UI-4)."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from amends.core import signed
from amends.core.refusal import Refusal
from amends.engine import buyers
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.cast import NOON


@pytest.fixture
def house(pool):
    """A house on this module's database, with tries of other tests forgotten."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("delete from phone_proofs")
    return SimpleNamespace(pool=pool, secret=b"a secret of the house", home=Path())


def order(pool, number, phone="138-0013-8000", receiver="王 芳", buyer="buyer-1"):
    """An order of a merchant of its own; answers the merchant's id."""
    merchant = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, '澄物生活', 'jd', 'SOP')", [merchant])
        conn.execute(
            "insert into orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, receiver, phone, placed_at) "
            "values (%s, %s, %s, 'received', %s, 'SOP', 'CNY', %s, %s, %s)",
            [merchant, new_id(), number, buyer, receiver, phone, NOON],
        )
    return merchant


def code(answer):
    return answer.code if isinstance(answer, Refusal) else "in"


def test_a_link_leads_to_its_buyer_until_it_expires(house):
    token = buyers.make_link(house, "m1", "买家-1", NOON, valid=timedelta(hours=1))
    visit = buyers.read_link(house, token, NOON)
    assert (visit.merchant_id, visit.buyer_id) == ("m1", "买家-1")
    assert code(buyers.read_link(house, token, NOON + timedelta(hours=1))) == "link_invalid"


def test_every_altered_link_is_refused(house):
    token = buyers.make_link(house, "m1", "buyer-1", NOON)
    for i in range(len(token)):
        other = token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :]
        assert code(buyers.read_link(house, other, NOON)) == "link_invalid"
    for broken in ("", ".", token.split(".")[0], token + "A", "é.é", "AA.AA"):
        assert code(buyers.read_link(house, broken, NOON)) == "link_invalid"


def test_what_is_signed_for_another_purpose_or_by_another_house_is_no_link(house):
    facts = {"m": "m1", "b": "buyer-1", "n": ""}
    assert code(buyers.read_link(house, signed.sign(house.secret, "buyer", facts, NOON + timedelta(days=1)), NOON)) == "link_invalid"
    assert code(buyers.read_link(house, signed.sign(b"another", buyers.PURPOSE, facts, NOON + timedelta(days=1)), NOON)) == "link_invalid"


@pytest.mark.parametrize(
    ("phone", "receiver", "answer"),
    [
        ("13800138000", "", "in"),
        ("+86 138 0013 8000", "", "in"),
        ("8000", "王芳", "in"),
        ("8000", "", "proof_wrong"),
        ("8000", "王方", "proof_wrong"),
        ("0138000", "王芳", "proof_wrong"),
        ("13800138001", "王芳", "proof_wrong"),
        ("", "王芳", "proof_wrong"),
    ],
)
def test_whole_phone_or_last_four_with_the_name(house, phone, receiver, answer):
    number = f"JD{new_id()}"
    order(house.pool, number)
    assert code(buyers.prove(house, number, phone, receiver, "192.0.2.1", NOON)) == answer


def test_an_unknown_order_answers_like_a_wrong_phone(house):
    order(house.pool, "JD-known")
    assert buyers.prove(house, "JD-known", "13900000000", "", "192.0.2.1", NOON) == buyers.prove(house, "JD-none", "13900000000", "", "192.0.2.1", NOON)


def test_two_shops_with_the_same_number_are_told_apart_by_the_phone(house):
    order(house.pool, "JD-both", buyer="buyer-1")
    second = order(house.pool, "JD-both", phone="13900139000", buyer="buyer-2")
    visit = buyers.prove(house, "JD-both", "13900139000", "", "192.0.2.1", NOON)
    assert (visit.merchant_id, visit.buyer_id) == (second, "buyer-2")


def test_a_right_answer_ends_the_counting(house):
    order(house.pool, "JD-mixed")
    for i in range(8):
        assert code(buyers.prove(house, "JD-mixed", "13900000000", "", f"192.0.2.{i}", NOON)) == "proof_wrong"
        assert code(buyers.prove(house, "JD-mixed", "13800138000", "", "198.51.100.1", NOON)) == "in"


def test_each_further_try_on_an_order_waits_longer_even_with_the_right_phone(house):
    order(house.pool, "JD-guessed")
    now = NOON
    for i in range(4):
        assert code(buyers.prove(house, "JD-guessed", "13900000000", "", f"192.0.2.{i}", now)) == "proof_wrong"
    for i, seconds in enumerate((2, 4, 8, 16)):
        answer = buyers.prove(house, "JD-guessed", "13800138000", "", "198.51.100.1", now)
        assert (code(answer), answer.facts) == ("proof_wait", {"seconds": seconds})
        now += timedelta(seconds=seconds)
        assert code(buyers.prove(house, "JD-guessed", "13900000000", "", f"192.0.2.{i}", now)) == "proof_wrong"


def test_one_address_that_tries_many_orders_waits_too_and_its_own_order_resets_nothing(house):
    order(house.pool, "JD-own")
    codes = [code(buyers.prove(house, f"JD-{i}", "13900000000", "", "192.0.2.7", NOON)) for i in range(buyers.FREE_FOR_ADDRESS)]
    assert set(codes) == {"proof_wrong"}
    assert code(buyers.prove(house, "JD-x", "13900000000", "", "192.0.2.7", NOON)) == "proof_wrong"
    assert code(buyers.prove(house, "JD-own", "13800138000", "", "192.0.2.7", NOON)) == "proof_wait"
    later = NOON + timedelta(seconds=2)
    assert code(buyers.prove(house, "JD-own", "13800138000", "", "192.0.2.7", later)) == "in"
    assert code(buyers.prove(house, "JD-y", "13900000000", "", "192.0.2.7", later)) == "proof_wrong"
    assert code(buyers.prove(house, "JD-z", "13900000000", "", "192.0.2.7", later)) == "proof_wait"
    assert code(buyers.prove(house, "JD-z", "13900000000", "", "192.0.2.8", later)) == "proof_wrong"


def test_a_quiet_day_forgets(house):
    for _ in range(4):
        buyers.prove(house, "JD-quiet", "13900000000", "", "192.0.2.9", NOON)
    assert code(buyers.prove(house, "JD-quiet", "13900000000", "", "192.0.2.9", NOON)) == "proof_wait"
    tomorrow = NOON + timedelta(days=1, seconds=1)
    codes = [code(buyers.prove(house, "JD-quiet", "13900000000", "", "192.0.2.9", tomorrow)) for _ in range(3)]
    assert codes == ["proof_wrong"] * 3

"""What a provider's telling means beside what we hold: every state against every telling, and keys that read back."""

from uuid import UUID

import pytest

from amends.core.told import DIFFERS, Key, Ours, Told, judge, read, read_key

KEY = Key(UUID(int=7), UUID(int=9), 2)


def told(state, **more):
    return Told("refund", str(KEY), KEY.merchant.hex, more.pop("amount", 500), more.pop("currency", "CNY"), state, more.pop("reference", "R1"))


@pytest.mark.parametrize(("ours", "theirs", "verdict"), [
    ("requested", "accepted", "wait"), ("requested", "moved", "moved"), ("requested", "failed", "failed"), ("requested", "cancelled", "cancelled"), ("requested", "odd", "wait"),
    ("moved", "moved", "known"), ("moved", "accepted", "known"), ("moved", "failed", "contradiction"), ("moved", "cancelled", "contradiction"),
    ("failed", "failed", "known"), ("failed", "accepted", "known"), ("failed", "moved", "contradiction"),
    ("cancelled", "moved", "contradiction"), ("cancelled", "failed", "known"), ("cancelled", "accepted", "known"), ("cancelled", "cancelled", "known"),
])
def test_each_state_against_each_telling(ours, theirs, verdict):
    assert judge(Ours(ours, 2, 500, "CNY", "R1" if ours == "moved" else ""), told(theirs), 2) == verdict


@pytest.mark.parametrize("ours", ["requested", "moved", "failed", "cancelled"])
@pytest.mark.parametrize("theirs", ["moved", "failed"])
@pytest.mark.parametrize(("wrong", "verdict"), [({"amount": 501}, "amount"), ({"currency": "USD"}, "currency")])
def test_another_amount_or_currency_is_never_believed(ours, theirs, wrong, verdict):
    assert judge(Ours(ours, 2, 500, "CNY"), told(theirs, **wrong), 2) == verdict
    assert verdict in DIFFERS


def test_an_earlier_attempt_and_one_never_made():
    ours = Ours("requested", 2, 500, "CNY")
    assert [judge(ours, told(state), 1) for state in ("failed", "accepted", "moved")] == ["known", "known", "contradiction"]
    assert judge(ours, told("moved"), 3) == "contradiction"


def test_moved_under_another_reference_moved_twice():
    assert judge(Ours("moved", 2, 500, "CNY", "R1"), told("moved", reference="R2"), 2) == "twice"
    assert judge(Ours("moved", 2, 500, "CNY", ""), told("moved", reference="R2"), 2) == "known"


def test_keys_read_back_and_nothing_else_does():
    assert read_key(str(KEY)) == KEY
    a, b = KEY.merchant.hex[:-1] + "a", KEY.subject.hex
    for text in ("", "a.b.c", f"{KEY}x", f"{a}.{b}", f"{a}.{b}.02", f"{KEY.merchant}.{KEY.subject}.2", f"{a.upper()}.{b}.2", f"{a}.{b}.²", "g" * 32 + "." + "0" * 32 + ".1"):
        assert read_key(text) is None, text


@pytest.mark.parametrize("change", [
    {"amount": "5"}, {"amount": True}, {"amount": -1}, {"amount": 2**53}, {"amount": 1.5}, {"currency": "CN"}, {"state": ""}, {"kind": ""}, {"key": None}, {"reference": "R" * 501},
    {"at": "yesterday"}, {"at": 5}, {"amount": None},
], ids=str)
def test_what_is_not_the_contract_is_not_read(change):
    right = {"kind": "refund", "key": "k", "account": "a", "amount": 5, "currency": "CNY", "state": "moved", "reference": "R", "at": "2026-03-02T04:00:00+08:00"}
    assert read(right) is not None
    assert read(right | change) is None

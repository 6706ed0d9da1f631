"""A statement beside what we hold: each kind of difference, and none where both agree."""

from uuid import UUID

import pytest

from amends.core.statement import Held, answer, compare
from amends.core.told import Key, Told

M, S = UUID(int=1), UUID(int=2)
KEY = str(Key(M, S, 1))


def line(**more):
    given = {"kind": "refund", "key": KEY, "account": M.hex, "amount": 500, "currency": "CNY", "state": "moved", "reference": "R1"} | more
    return Told(**given)


def held(**more):
    given = {"about": "refund", "subject_id": str(S), "case_id": None, "order_id": None, "state": "moved", "attempt": 1, "amount": 500, "currency": "CNY", "reference": "R1", "booked": 500}
    return Held(**(given | more))


def kinds(lines, ours, moved=None, payments=None):
    out = compare(lines, {h.subject_id: h for h in ours}, payments or {}, moved or {})
    return out.matched, [f.kind for f in out.found], out.silent


def test_both_agree():
    assert kinds([line()], [held()], {KEY: held()}) == (1, [], [])


@pytest.mark.parametrize(("theirs", "ours", "kind"), [
    ({}, None, "missing_here"), ({"key": "no key of ours"}, {}, "missing_here"), ({"kind": "payout"}, {}, "missing_here"), ({"amount": 501}, {}, "amount"),
    ({"currency": "USD"}, {}, "currency"), ({}, {"state": "failed"}, "state"), ({}, {"state": "by hand"}, "state"), ({}, {"state": "cancelled"}, "state"),
    ({"reference": "R2"}, {}, "twice"), ({}, {"attempt": 2}, "twice"), ({}, {"attempt": 2, "state": "failed"}, "state"), ({}, {"booked": None}, "amount"), ({}, {"booked": 499}, "amount"),
], ids=str)
def test_each_difference(theirs, ours, kind):
    assert kinds([line(**theirs)], [] if ours is None else [held(**ours)]) == (0, [kind], [])


def test_the_same_line_twice():
    assert kinds([line(), line()], [held()]) == (1, ["twice"], [])


def test_what_moved_here_and_is_in_no_line_is_asked_about():
    assert kinds([], [], {KEY: held()}) == (0, [], [KEY])
    assert answer(None, held()).kind == "missing_there"
    assert answer(line(), held()) is None
    assert answer(line(state="failed"), held()).kind == "state"
    assert answer(line(amount=1), held()).kind == "amount"


def test_payments_are_compared_by_reference():
    paid = Held("payment", "p", None, "o", "moved", 1, 500, "CNY")
    def captured(**more):
        return line(kind="payment", key="", payment="P1", reference="P1", **more)
    assert kinds([captured()], [], payments={"P1": paid}) == (1, [], [])
    assert kinds([captured(amount=501)], [], payments={"P1": paid}) == (0, ["amount"], [])
    assert kinds([captured()], []) == (0, ["missing_here"], [])

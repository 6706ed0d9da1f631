"""The simulated provider keeps what it promises: once for each key, never more than came in, the same faults for the same seed, its books over a restart."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from amends.adapters.link import Link, Unreachable
from amends.adapters.payment.http import HttpProvider
from amends.adapters.payment.protocol import ChargeAsked, PayoutAsked, RefundAsked
from amends.engine.ports import free_port
from amends.simulators.payment_bank import Bank, Refused
from amends.simulators.payment_faults import Faults
from tests.paying import fresh_secret

A = "a" * 32


def refund(key, amount=100, **more):
    return {"key": key, "account": A, "payment": "P1", "amount": amount, "currency": "CNY"} | more


@pytest.fixture
def bank():
    made = Bank("", Faults())
    made.capture({"account": A, "reference": "P1", "amount": 1000, "currency": "CNY"}, 0)
    yield made
    made.close()


def test_a_key_is_one_transfer(bank):
    first = bank.ask("refund", refund("k1"), 1)
    assert (first["state"], first["reference"]) == ("moved", "R000000001")
    assert bank.ask("refund", refund("k1"), 2) == first
    for other in (refund("k1", 101), refund("k1", currency="USD"), refund("k1", account="b" * 32), refund("k1", payment="P2")):
        with pytest.raises(Refused, match="key_reused"):
            bank.ask("refund", other, 3)
    with pytest.raises(Refused, match="key_reused"):
        bank.ask("payout", refund("k1"), 3)


def test_never_more_goes_back_than_came_in(bank):
    threads = [threading.Thread(target=bank.ask, args=("refund", refund(f"k{n}", 300), 1)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    told = [bank.told(f"k{n}") for n in range(8)]
    assert sorted(t["state"] for t in told) == ["failed"] * 5 + ["moved"] * 3
    assert {t["code"] for t in told if t["state"] == "failed"} == {"more_than_paid"}
    assert bank.ask("refund", refund("rest", 100), 2)["state"] == "moved"
    assert bank.ask("refund", refund("one more", 1), 2)["state"] == "failed"
    assert bank.ask("refund", refund("strange", payment="P9"), 2)["code"] == "payment_unknown"
    assert bank.ask("refund", refund("theirs", account="b" * 32), 2)["code"] == "payment_unknown"
    assert bank.ask("refund", refund("dollars", 1, currency="USD"), 2)["code"] == "currency"


def test_what_is_not_a_request(bank):
    for odd in ({}, refund(""), refund("k", 0), refund("k", -1), refund("k", "5"), refund("k", True), refund("k", 1.5), refund("k", payment=""), refund("k" * 201)):
        with pytest.raises(Refused):
            bank.ask("refund", odd, 1)
    with pytest.raises(Refused, match="reference_reused"):
        bank.capture({"account": A, "reference": "P1", "amount": 999, "currency": "CNY"}, 1)


def test_delayed_transfers_end_when_their_time_has_come(bank):
    bank.faults = Faults(delay=10, speed=2)
    assert bank.ask("refund", refund("k1"), 100)["state"] == "accepted"
    assert bank.end_due(102) == 0
    assert bank.end_due(108) == 1
    assert bank.told("k1")["state"] == "moved"
    [message] = bank.messages_due(109)
    assert json.loads(message["body"])["transfer"] == bank.told("k1")
    bank.message_sent(message["id"], 109, arrived=False)
    assert bank.messages_due(109) == []
    assert len(bank.messages_due(111)) == 1
    bank.message_sent(message["id"], 111, arrived=True)
    assert bank.messages_due(1e9) == []


def test_faults_come_as_often_as_asked_and_the_same_for_the_same_seed():
    for what in ("refuse", "lose", "repeat", "late", "reorder", "lie"):
        faults = Faults(seed=3, **{what: 0.2})
        drawn = [faults.happens(what, f"k{n}") for n in range(5000)]
        assert 900 < sum(drawn) < 1100, what
        assert drawn == [Faults(seed=3, **{what: 0.2}).happens(what, f"k{n}") for n in range(5000)]
        assert drawn != [Faults(seed=4, **{what: 0.2}).happens(what, f"k{n}") for n in range(5000)]


def test_each_lie_is_told_beside_a_truth_that_the_books_keep(bank):
    bank.faults = Faults(lie=1)
    bodies = {}
    for n in range(30):
        bank.ask("refund", refund(f"k{n}", 1), 1)
        bodies[f"k{n}"] = [json.loads(m["body"])["transfer"] for m in bank.messages_due(1e9) if m["key"] == f"k{n}"]
        assert bank.told(f"k{n}")["state"] == "moved"
    seen = {tuple((t["state"], t["amount"]) for t in told) for told in bodies.values()}
    assert seen == {(("moved", 2), ("moved", 1)), (("failed", 1),), (("moved", 1), ("failed", 1))}


def test_a_charge_is_paid_on_its_page_and_stands_once_in_the_statement(bank):
    asked = {"key": "c1", "account": A, "payer": "b", "amount": 50, "currency": "CNY"}
    assert bank.ask("charge", asked, 10)["state"] == "accepted"
    assert bank.pay("c1", 11)["state"] == "moved"
    assert bank.pay("c1", 12)["at"] == bank.told("c1")["at"]
    assert bank.cancel("c1", 13)["state"] == "moved"
    lines, following = bank.statement(0, 100, A, "", 100)
    assert [(line["kind"], line["amount"]) for line in lines] == [("payment", 1000), ("charge", 50)]
    assert following == ""
    assert bank.ask("refund", refund("back", 50, payment=bank.told("c1")["reference"]), 14)["state"] == "moved"
    assert bank.ask("charge", asked | {"key": "c2"}, 15)["state"] == "accepted"
    assert bank.cancel("c2", 16)["state"] == "cancelled"
    assert bank.pay("c2", 17)["state"] == "cancelled"


def test_a_statement_is_paged_without_gaps(bank):
    for n in range(23):
        bank.ask("payout", {"key": f"k{n}", "account": A, "payee": "b", "amount": 1, "currency": "CNY"}, n // 5)
    seen, after = [], ""
    while True:
        lines, after = bank.statement(0, 100, "", after, 5)
        seen += [line["key"] for line in lines]
        if not after:
            break
    assert sorted(seen) == sorted(["", *(f"k{n}" for n in range(23))])


def start(port, secret, state, *more):
    made = subprocess.Popen(
        [sys.executable, "-m", "amends.cli", "simulate-payment", "--port", str(port), "--secret", secret, "--state", str(state), *more], stdout=subprocess.PIPE, start_new_session=True,
    )
    assert b"simulated payment provider" in made.stdout.readline()
    return made


def test_the_program_keeps_its_books_when_it_is_killed(tmp_path):
    port, secret = free_port("127.0.0.1", 8100), fresh_secret()
    running = start(port, secret, tmp_path / "books.db", "--lose", "0.5", "--seed", "2")
    try:
        link = Link(f"http://127.0.0.1:{port}", secret)
        provider = HttpProvider("sim", link)
        link.post("/v1/payments", {"account": A, "reference": "P1", "amount": 1000, "currency": "CNY"})
        lost = 0
        for n in range(20):
            try:
                provider.refund(RefundAsked(f"k{n}", A, "P1", 10, "CNY"))
            except Unreachable:
                lost += 1
        assert 3 < lost < 17
        charge = provider.charge(ChargeAsked("c1", A, "b", 50, "CNY")) if provider.look("c1") else None
        assert charge is None
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        running = start(port, secret, tmp_path / "books.db")
        for n in range(20):
            assert provider.refund(RefundAsked(f"k{n}", A, "P1", 10, "CNY")).reference == f"R{n + 1:09d}"
        assert provider.payout(PayoutAsked("p1", A, "b", 5, "CNY")).state == "moved"
        assert provider.look("never") is None
        now = datetime.now(UTC)
        lines = list(provider.statement(now - timedelta(minutes=5), now + timedelta(minutes=5), A))
        assert sum(line.amount for line in lines if line.kind != "payment") == 205
        running.terminate()
        assert running.wait(10) == 0
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()

"""Statements of the ledger: pages are the entries in turn, running balances are their sums, periods open and close right."""

import random
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from amends.core import movements as m
from amends.engine import posting
from amends.engine.ids import new_id
from amends.store.connect import scope
from amends.store.screens import ledger
from tests.shop import NOON, open_shop

CNY = "CNY"


@pytest.fixture(scope="module")
def shop(pool):
    """Three weeks of postings that did not come in the order of their time; some of one instant."""
    opened, chance = open_shop(pool), random.Random(4)
    case, order = new_id(), new_id()
    with scope(pool, UUID(opened.merchant)) as conn:
        for n in range(240):
            at = NOON + timedelta(minutes=chance.randrange(0, 21 * 24 * 6) * 10)
            made = chance.choice([
                m.refund_granted(m.Granted(chance.randrange(1, 9000), chance.randrange(0, 900), chance.choice(["merchant", "carrier"])), CNY), m.refund_moved(chance.randrange(1, 5000), "wepay", CNY),
                m.compensation_granted("goodwill", chance.randrange(1, 500), "merchant", CNY),
            ])
            posting.post(conn, opened.merchant, [posting.row(made, str(n), case_id=case if n % 17 == 0 else new_id(), order_id=order if n % 11 == 0 else None)], at)
    opened.case, opened.order_asked = case, order  # type: ignore[attr-defined]
    return opened


def all_pages(shop, want):
    rows, after = [], None
    while True:
        page = ledger.page(shop.pool, shop.merchant, ledger.Wanted(**want, after=after))
        limit = want.get("limit", 50)
        rows += page[:limit]
        if len(page) <= limit:
            return rows
        after = ledger.key_of(page[limit - 1])


def entries(shop, account):
    return shop.all("select at, movement_id::text, line, amount_minor from ledger_entries where merchant_id = %s and account = %s order by at, movement_id, line", shop.merchant, account)


@pytest.mark.parametrize("account", ["merchant_settlement", "buyer_refund", "provider:wepay", "freight", "goodwill"])
def test_pages_are_all_entries_newest_first_each_with_the_balance_after_it(shop, account):
    rows, due = all_pages(shop, {"account": account, "currency": CNY, "limit": 7}), entries(shop, account)
    assert [ledger.key_of(r) for r in reversed(rows)] == [tuple(e[:3]) for e in due]
    running, balance = [], 0
    for *_, amount in due:
        balance += amount
        running.append(balance)
    assert [r["balance_minor"] for r in reversed(rows)] == running
    [held] = [b["balance_minor"] for b in ledger.balances(shop.pool, shop.merchant) if b["account"] == account]
    assert held == running[-1]


@pytest.mark.parametrize("edge", [timedelta(0), timedelta(hours=4), timedelta(hours=20), timedelta(days=3, minutes=10)], ids=["noon", "midnight", "evening", "inside a day"])
def test_a_period_opens_and_closes_with_what_its_entries_make(shop, edge):
    want = ledger.Wanted("buyer_refund", CNY, since=NOON + edge, until=NOON + edge + timedelta(days=7))
    before = [e[3] for e in entries(shop, "buyer_refund") if e[0] < want.since]
    inside = [e[3] for e in entries(shop, "buyer_refund") if want.since <= e[0] < want.until]
    found = ledger.period(shop.pool, shop.merchant, want)
    assert found == ledger.Period(sum(before), sum(a for a in inside if a > 0), sum(a for a in inside if a < 0), len(inside))
    assert found.closing == sum(before) + sum(inside)
    rows = list(ledger.stream(shop.pool, shop.merchant, want, 10))
    assert [r["amount_minor"] for r in rows] == inside
    assert rows[-1]["balance_minor"] == found.closing
    assert all(a["at"] <= b["at"] for a, b in pairwise(rows))


def test_the_journal_and_its_filters_leave_nothing_out(shop, monkeypatch):
    everything = all_pages(shop, {"limit": 13})
    assert sum(r["amount_minor"] for r in everything) == 0
    assert len(everything) == shop.all("select count(*) from ledger_entries where merchant_id = %s", shop.merchant)[0][0]
    assert len({ledger.key_of(r) for r in everything}) == len(everything)
    for want in ({"kind": "refund_moved"}, {"case_id": shop.case}, {"order_id": shop.order_asked}, {"account": "buyer_refund", "currency": CNY, "kind": "refund_moved"}):
        due = [ledger.key_of(r) for r in everything if all(r[name] == value for name, value in want.items())]
        assert [ledger.key_of(r) for r in all_pages(shop, {**want, "limit": 5})] == due
        assert due
    monkeypatch.setattr(ledger, "DRIVE_BY_KIND", 0)
    want = {"account": "freight", "currency": CNY, "kind": "refund_granted"}
    assert [ledger.key_of(r) for r in all_pages(shop, {**want, "limit": 5})] == [ledger.key_of(r) for r in everything if r["account"] == "freight"]
    assert all(r["balance_minor"] is None for r in all_pages(shop, {**want, "limit": 5}))
    assert [ledger.key_of(r) for r in ledger.of_case(shop.pool, shop.merchant, shop.case)] == [ledger.key_of(r) for r in reversed(everything) if r["case_id"] == shop.case]

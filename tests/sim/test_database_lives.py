"""Lives over the real engine and a real database keep every invariant of OP-8 after every step; a spoiled database is noticed."""

import contextlib
from uuid import UUID

import psycopg
import pytest

from amends.cli import main
from amends.sim import days, journeys
from amends.sim.days import Broken, live_days
from amends.sim.invariants import broken, crossed
from amends.sim.market import Market, open_market
from amends.store.connect import scope


@pytest.mark.parametrize("seed", range(2))
def test_days_of_a_marketplace_keep_every_invariant(pool, seed):
    lived = live_days(pool, seed, 24)
    assert lived.lives >= 20
    assert lived.acts > 120
    assert lived.steps > 150


def test_the_days_are_decided_by_their_seed(pool):
    first, again, other = (live_days(pool, seed, 4, 1) for seed in (11, 11, 12))
    assert first.stories == again.stories
    assert first.stories != other.stories


@pytest.fixture(scope="module")
def market(pool) -> Market:
    """Merchants in whose cases everything has happened: refunds, parcels, ratings, clocks that run."""
    lived: Market = open_market(pool, 7, 2)
    for shop in lived.shops:
        days._births(lived, shop, 30)
        journeys.set_out(lived, shop, 32)
        journeys.ask_to_cancel(lived, shop, 12)
    for _ in range(60):
        days._step(lived)
    assert [w for shop in lived.shops for w in broken(pool, shop)] + crossed(pool, lived.shops) == []
    return lived


SPOILS = {
    "a refund nobody granted": ("update granted_refunds set amount_minor = amount_minor + 1 where merchant_id = %(m)s and reversed_at is null", "its refunds add up"),
    "an order that forgot a refund": ("update orders set refunded_minor = 0 where merchant_id = %(m)s and refunded_minor > 0", "order O"),
    "a line that forgot a refund": ("update order_lines set refunded_minor = 0 where merchant_id = %(m)s and refunded_minor > 0", "line "),
    "a case that grants more": ("update cases set granted_minor = granted_minor + 100 where merchant_id = %(m)s and granted_minor > 0", "granted"),
    "a lost refund request": ("delete from refund_requests where merchant_id = %(m)s", "its requests"),
    "a payment that forgot what went back": ("update payments set refunded_minor = amount_minor where merchant_id = %(m)s and amount_minor > 0", "payment O"),
    "a refund asked for twice": (
        "insert into refund_requests (merchant_id, id, case_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
        " select merchant_id, gen_random_uuid(), case_id, order_id, payment_id, provider, key || ':2', amount_minor, currency, 'requested', requested_at from refund_requests where merchant_id = %(m)s",
        "asked for twice"),
    "more pieces asked for than were received": ("update cases set quantity = 99 where merchant_id = %(m)s and closed_at is null", "pieces on service orders"),
    "pieces given up and not counted": ("update order_lines set cancelled_quantity = 0 where merchant_id = %(m)s and cancelled_quantity > 0", "cancellations that ended gave up"),
    "pieces returned that were given up": ("update order_lines set cancelled_quantity = quantity where merchant_id = %(m)s", "pieces on service orders"),
    "an order cancelled with goods in it": ("update orders set state = 'cancelled' where merchant_id = %(m)s and state = 'received'", "pieces are cancelled"),
    "an order that goes out cancelled": ("update orders set state = 'shipped' where merchant_id = %(m)s and state = 'cancelled'", "pieces are cancelled"),
    "a line on two open cancellations": (
        "with open as (update cases set state = 'reviewing', closed_at = null where merchant_id = %(m)s and kind = 'cancellation' returning merchant_id, id)"
        " insert into cancellation_lines (merchant_id, case_id, order_id, line_id, quantity) select x.merchant_id, open.id, x.order_id, x.line_id, 1"
        " from cancellation_lines x join open on open.merchant_id = x.merchant_id and open.id <> x.case_id on conflict do nothing",
        "open cancellations"),
    "a refund that waits for nothing": ("update cases set moved_minor = case state when 'refunding' then granted_minor else 0 end where merchant_id = %(m)s and kind = 'cancellation' and state in ('refunding', 'refunded')", "granted,"),
    "a carrier asked twice": (
        "insert into outbox (merchant_id, id, case_id, effect, body, due_at) select merchant_id, gen_random_uuid(), id, 'intercept_parcel', '{}', now() from cases, generate_series(1, 2)"
        " where merchant_id = %(m)s and kind = 'cancellation'", "the carrier was asked"),
    "something said twice by one command": (
        "insert into events (merchant_id, case_id, version, name, command_id, actor_kind, at, body) select merchant_id, case_id, version + 900, name, command_id, actor_kind, at, body"
        " from events where merchant_id = %(m)s", "by one command"),
    "a message told twice": ("insert into notices select merchant_id, gen_random_uuid(), case_id, reader, buyer_id, event, body, at, read_at from notices where merchant_id = %(m)s", "2 times"),
    "a message lost": ("delete from notices where merchant_id = %(m)s", "was never told"),
    "a question lost": ("delete from notices where merchant_id = %(m)s and event in ('rate_asked', 'rate_reminder')", "was never"),
    "an effect lost": ("delete from outbox where merchant_id = %(m)s and effect = 'tell_buyer'", "into the outbox"),
    "an effect that died": ("update outbox set dead_at = now(), done_at = null where merchant_id = %(m)s", "an effect died"),
    "a clock lost": ("delete from clocks where merchant_id = %(m)s", "with 0 clocks"),
    "a clock of an ended case": ("insert into clocks (merchant_id, case_id, name, due_at, case_version) select merchant_id, id, 'review', now(), version from cases where merchant_id = %(m)s and closed_at is not null", "without an open case"),
    "a clock of another state": ("update clocks set name = 'improve_rating' where merchant_id = %(m)s", "does not belong"),
    "a case nobody waits for": ("with k as (delete from clocks where merchant_id = %(m)s) update cases set waits_on = null where merchant_id = %(m)s and closed_at is null and due_at is not null", "anybody waited for"),
    "a case in another state than its events": ("update cases set state = 'fulfilling' where merchant_id = %(m)s and kind = 'service_order' and closed_at is null and state <> 'fulfilling'", "fold to state"),
    "a case that lost a fact": ("update cases set facts = facts - 'last' where merchant_id = %(m)s", "fold to last"),
    "a case given to somebody": ("update cases set assignee = gen_random_uuid() where merchant_id = %(m)s", "fold to assignee"),
    "an event lost": ("delete from events where merchant_id = %(m)s and version = 1", "follows event"),
    "stock from nowhere": ("update stock set on_hand = on_hand + 1 where merchant_id = %(m)s", "start and moves make"),
    "stock in quarantine from nowhere": ("insert into stock (merchant_id, sku, quarantine) values (%(m)s, 'VASE', 3)", "quarantine of VASE"),
    "an entry of the ledger changed": ("update ledger_entries set amount_minor = amount_minor + 1 where merchant_id = %(m)s and account = 'buyer_refund'", "sums to"),
    "an entry and the day it counts in changed": ("with d as (update ledger_days set in_minor = in_minor + 5 where merchant_id = %(m)s) update ledger_entries set amount_minor = amount_minor + 5 where merchant_id = %(m)s", "the ledger says"),
    "a balance nobody posted": ("update ledger_days set in_minor = in_minor + 1 where merchant_id = %(m)s", "its entries sum to"),
    "a movement lost": ("delete from ledger_movements where merchant_id = %(m)s and kind = 'refund_granted'", "nowhere said"),
    "a transfer the ledger does not know": ("delete from ledger_movements where merchant_id = %(m)s and kind = 'refund_moved'", "ledger: request"),
    "pieces held for nobody": ("update stock set held = held + 1 where merchant_id = %(m)s and held < on_hand", "live holds make"),
    "a hold that outlives its case": (
        "update holds h set ended_at = null, outcome = null from cases c where h.merchant_id = %(m)s and c.merchant_id = h.merchant_id and c.id = h.case_id and c.closed_at is not null"
        " and h.id = (select max(x.id::text)::uuid from holds x where x.merchant_id = h.merchant_id and (x.case_id, x.sku, x.warehouse) = (h.case_id, h.sku, h.warehouse))", "outlives"),
    "a hold forgotten": ("delete from holds where merchant_id = %(m)s and ended_at is null", "live holds make"),
    "a movement nobody wrote down": ("update stock set quarantine = quarantine + 1 where merchant_id = %(m)s", "nothing says why"),
    "stock held beyond what is there": ("update stock set held = on_hand + 1 where merchant_id = %(m)s", "held"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_database_is_noticed(database_url, market, name):
    query, words = SPOILS[name]
    spoiled = [found for shop in market.shops if (found := _spoil(database_url, shop, query)) is not None]
    assert spoiled, "there is something to spoil"
    assert [w for found in spoiled for w in found if words in w], spoiled[0][:5]


def _spoil(database_url, shop, query):
    """What is found broken once one merchant's rows are spoiled; None where there was nothing to spoil."""
    # Everything is folded again from the first event, on a connection whose transaction is never committed.
    kept = (dict(shop.folded), shop.moved.copy())
    shop.folded.clear()
    shop.moved.clear()
    with psycopg.connect(database_url) as conn:
        for table, constraint in (("stock", "stock_over_held"), ("cases", "cases_not_forgotten")):
            conn.execute(f"alter table {table} drop constraint {constraint}")
        conn.execute("alter table events disable trigger append_only")
        conn.execute("set session_replication_role = replica")
        touched = conn.execute(query, {"m": UUID(shop.id)}).rowcount
        found = broken(_Held(conn), shop) if touched > 0 else None
        conn.rollback()
    shop.folded, shop.moved = kept
    return found


class _Held:
    """A pool of one connection whose transaction stays open, so that nothing spoiled is ever seen by others."""

    def __init__(self, conn):
        self.conn = conn

    def connection(self):
        return contextlib.nullcontext(_NoEnd(self.conn))


class _NoEnd:
    def __init__(self, conn):
        self.conn, self.closed = conn, False

    def execute(self, query, *values):
        return self.conn.execute("select 1") if isinstance(query, str) and query.startswith("begin") else self.conn.execute(query, *values)

    def pipeline(self):
        return self.conn.pipeline()

    def commit(self):
        pass

    rollback = commit


def test_a_row_about_another_merchants_case_is_noticed(pool, admin, market):
    one, other = market.shops
    case = next(iter(other.lives))
    note = "insert into notes (merchant_id, id, case_id, person_id, person_name, side, body, at) values (%s, gen_random_uuid(), %s, gen_random_uuid(), '', 'merchant', 'x', now()) returning id"
    [made] = admin.execute(note, (one.id, case)).fetchone()
    assert [w for w in crossed(pool, market.shops) if w.startswith("notes: 1 rows of one merchant")]
    admin.execute("delete from notes where id = %s", (made,))


def test_a_hole_in_the_wall_is_noticed(pool, admin, market):
    admin.execute("alter table notes no force row level security; alter table notes disable row level security")
    with scope(pool, UUID(market.shops[0].id)) as conn:
        seen = conn.execute("select count(distinct merchant_id) from notes").fetchone()
    assert seen is not None
    assert seen[0] > 1
    assert [w for w in crossed(pool, market.shops) if w.startswith("notes: 第 1 家店 sees")]
    admin.execute("alter table notes enable row level security; alter table notes force row level security")


def test_a_broken_engine_is_told_with_seed_and_story(pool, monkeypatch):
    monkeypatch.setattr(days, "broken", lambda pool, shop: [f"{next(iter(shop.lives.values())).number}: spoiled"] if shop.lives else [])
    with pytest.raises(Broken) as told:
        live_days(pool, 3, 6)
    lines = str(told.value).splitlines()
    assert lines[0].startswith("seed 3, 第 ")
    assert any("applies" in line for line in lines[1:])


def test_the_command_lives_on_a_database_of_its_own(capsys):
    assert main(["sim", "--database", "--seed", "2", "--lives", "4"]) == 0
    assert "lives on a database from seed 2" in capsys.readouterr().out

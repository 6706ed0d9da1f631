"""Days of disputes and tickets over the real engine keep every invariant; a spoiled database is noticed (04-disputes, 05-tickets, OP-7, OP-8)."""

import pytest

from amends.sim.invariants import broken
from amends.sim.market import Market, open_market
from amends.sim.quarrel_days import live_days_of, live_quarrel_days
from tests.sim.test_database_lives import _spoil


def test_the_days_are_decided_by_their_seed(pool):
    first, again = (live_quarrel_days(pool, 41, 4, many=6) for _ in range(2))
    assert first.stories == again.stories
    assert first.steps > 0


@pytest.fixture(scope="module")
def market(pool) -> Market:
    """A merchant with whom buyers have quarrelled for a month: judged, appealed, decided, paid in its place."""
    lived: Market = open_market(pool, 6, 1)
    live_days_of(lived, 14)
    assert broken(pool, lived.shops[0]) == []
    return lived


SPOILS = {
    "an award nobody judged": ("update compensations set amount_minor = amount_minor + 1 where merchant_id = %(m)s and kind = 'judgement' and state in ('granted', 'failed', 'paid')", "awards of"),
    "a judgement that counts twice": ("update judgements set n = n + 7 where merchant_id = %(m)s", "judgements count"),
    "evidence lost": ("delete from evidence where merchant_id = %(m)s", "files are filed"),
    "a turn lost": ("delete from ticket_turns where merchant_id = %(m)s", "turns answered"),
    "red for ever": ("update cases set facts = facts || '{\"red_at\": \"2026-03-01T00:00:00+00:00\"}' where merchant_id = %(m)s and kind = 'ticket' and state <> 'awaiting_merchant'", "and red at"),
    "judged twice by one": ("update cases set facts = jsonb_set(facts, '{judgements,0,second}', facts #> '{judgements,0,by}') where merchant_id = %(m)s and facts #> '{judgements,0}' is not null", "was confirmed by who made it"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_database_is_noticed(database_url, market, name):
    query, words = SPOILS[name]
    found = _spoil(database_url, market.shops[0], query)
    assert found is not None, "there is something to spoil"
    assert [w for w in found if words in w], found[:5]

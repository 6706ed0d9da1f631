"""A small storm with real processes: a fifth of all messages is dropped, doubled, delayed or overtaken, workers are killed, and in the end both books agree."""

import pytest

from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.sim import outside
from amends.store import connect

CASES = 15


@pytest.fixture
def house(pool, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("AMENDS_SECRET", "a storm of the tests, long enough")
    return House(pool, DemoClock(pool), tmp_path, True, b"a storm of the tests", connect.Database(database_url))


def test_in_the_end_both_books_agree_and_nothing_is_open(house, tmp_path):
    found = outside.storm(house, tmp_path, CASES, 4, lambda words: None)
    assert found.wrong == []
    assert found.differences == {}
    assert found.ledger == found.statement
    assert sum(found.ledger.values()) > 0
    assert sum(found.states.values()) == found.cases == CASES
    assert {name.split()[0] for name in found.states} == {"service_order", "cancellation"}
    assert {name.split()[1] for name in found.states} <= {"completed", "refunded", "rejected", "closed", "withdrawn"}
    assert found.figures["matched"] == found.figures["lines"]
    assert found.kills >= 1
    assert "agree to the cent" in found.told()

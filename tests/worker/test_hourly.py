"""What is done once an hour, and messages of a month ago."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from amends.engine.ids import new_id
from amends.store import connections, inbox
from amends.store.connect import PLATFORM, scope
from amends.worker import hourly
from amends.worker.hourly import OLD_MESSAGES, Hourly
from tests.paying import fresh_secret

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_at_most_once_an_hour(monkeypatch):
    done, at = [], [100.0]
    monkeypatch.setattr(hourly.time, "monotonic", lambda: at[0])
    work = Hourly(lambda house: done.append(house) or 7)
    assert [work("a"), work("a")] == [7, 0]
    at[0] += hourly.EVERY_SECONDS
    assert work("b") == 7
    assert done == ["a", "b"]


def test_messages_understood_a_month_ago_go_and_no_others(pool):
    connection = new_id()
    with scope(pool, PLATFORM) as conn:
        connections.add(conn, {"id": connection, "name": "pay", "kind": "payment", "base_url": "https://pay.example", "secret": fresh_secret(), "settings": {}}, NOW)
    for name, done, dead in (("old", NOW, None), ("fresh", NOW + timedelta(days=10), None), ("waiting", None, None), ("dead", None, NOW)):
        inbox.keep(pool, connection, name, "{}", {}, NOW, NOW)
        with scope(pool, PLATFORM) as conn:
            conn.execute("update inbox set done_at = %s, dead_at = %s where message_id = %s", (done, dead, name))
    later = NOW + inbox.KEPT + timedelta(days=1)
    assert OLD_MESSAGES(SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: later))) == 1
    with scope(pool, PLATFORM) as conn:
        assert {row[0] for row in conn.execute("select message_id from inbox").fetchall()} == {"fresh", "waiting", "dead"}

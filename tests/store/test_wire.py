"""Statements sent together: rows as psycopg loads them, one failure undoes all, and what is prepared survives or is prepared anew."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from amends.store import connect, wire
from amends.store.wire import ask, pipe, roll_back

MOMENT, SOME = datetime(2026, 3, 1, 8, 30, 0, 5, UTC), UUID("0190a000-0000-7000-8000-000000000001")
VALUES = "select %(text)s, %(id)s, %(at)s, %(texts)s, %(none)s::text, %(print)s, %(number)s + 1, '{\"a\": [1]}'::jsonb, true, %(text)s like '%%x%%'"
GIVEN = {"text": 'a"x\\', "id": SOME, "at": MOMENT, "texts": ['q"', "\\", ""], "none": None, "print": b"\x00\xff", "number": 3}


def test_rows_come_as_psycopg_loads_them(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        assert ask(conn, VALUES, GIVEN) == [('a"x\\', SOME, MOMENT, ['q"', "\\", ""], None, b"\x00\xff", 4, {"a": [1]}, True, True)]


def test_statements_of_a_pipe_run_in_order_in_one_transaction(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        with pipe(conn) as together:
            together.execute("begin")
            together.execute("create temporary table heap (n int) on commit drop")
            together.execute("insert into heap select %(n)s from generate_series(1, 3)", {"n": 7})
            found = together.execute("select n from heap")
            none = together.execute("select n from heap where n < 0")
            together.execute("commit")
        assert found.fetchall() == [(7,)] * 3
        assert found.fetchone() == (7,)
        assert none.fetchone() is None
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_one_that_fails_undoes_all_and_the_connection_goes_on(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        conn.execute("create temporary table kept (n int)")
        with pytest.raises(psycopg.errors.DivisionByZero):
            _insert_and_fail(conn)
        assert conn.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
        roll_back(conn)
        roll_back(conn)  # with nothing open it does nothing
        assert ask(conn, "select count(*) from kept", {}) == [(0,)]


def _insert_and_fail(conn: psycopg.Connection) -> None:
    with pipe(conn) as together:
        together.execute("begin")
        together.execute("insert into kept values (1)")
        together.execute("select 1 / %(n)s::int", {"n": 0})
        together.execute("commit")


@pytest.mark.parametrize("wrong", ["select nothing from nowhere", "not a statement"], ids=["unknown", "no-sql"])
def test_what_cannot_be_prepared_is_told_each_time(pool: connect.Pool, wrong: str) -> None:
    with pool.connection() as conn:
        for _ in range(2):
            with pytest.raises(psycopg.errors.ProgrammingError):
                ask(conn, wrong, {})
        assert ask(conn, "select 1", {}) == [(1,)]


def test_a_rollback_of_psycopg_throws_plans_away_and_they_are_made_anew(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        for _ in range(7):
            conn.execute("select 2", prepare=True)
        assert ask(conn, "select %(n)s::int", {"n": 1}) == [(1,)]
        conn.execute("begin")
        conn.rollback()
        assert conn.execute("select count(*) from pg_prepared_statements").fetchone() == (0,)
        assert ask(conn, "select %(n)s::int", {"n": 1}) == [(1,)]


def test_our_own_rollback_keeps_them(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        ask(conn, "select 17 where %(n)s::int = 1", {"n": 1})
        conn.execute("begin")
        roll_back(conn)
        kept = conn.execute("select count(*) from pg_prepared_statements where statement like 'select 17%%'").fetchone()
        assert kept == (1,)


def test_more_than_fits_into_the_socket_goes_both_ways(pool: connect.Pool) -> None:
    with pool.connection() as conn, pipe(conn) as together:
        answers = [together.execute("select repeat(%(a)s, 2)", {"a": "long " * 200_000}) for _ in range(4)]
    assert [len(a.fetchall()[0][0]) for a in answers] == [2_000_000] * 4


def test_a_connection_that_died_is_told_and_not_used_again(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        conn.execute("reset role")
        with pytest.raises(psycopg.OperationalError):
            ask(conn, "select pg_terminate_backend(pg_backend_pid())", {})
        assert conn.closed
    with pool.connection() as conn:
        assert ask(conn, "select 1", {}) == [(1,)]


def test_a_connection_of_no_pool_works_as_well(admin: psycopg.Connection) -> None:
    for _ in range(2):
        assert ask(admin, "select %(n)s::int", {"n": 5}) == [(5,)]


@pytest.mark.parametrize(("given", "wrong"), [
    ({"a": "good\0bad"}, psycopg.DataError), ({"a": ["good", "bad\0"]}, psycopg.DataError), ({"a": {"no": "type"}}, KeyError),
], ids=["nul-in-text", "nul-in-array", "no-type"])
def test_a_value_that_cannot_be_sent_is_told_before_anything_is(pool: connect.Pool, given: dict[str, object], wrong: type[Exception]) -> None:
    with pool.connection() as conn:
        with pytest.raises(wrong):
            ask(conn, "select %(a)s", given)
        assert ask(conn, "select 1", {}) == [(1,)]


def test_values_of_every_kind_arrive(pool: connect.Pool) -> None:
    given = {"yes": True, "no": False, "day": date(2026, 2, 28), "sum": Decimal("12.30"), "texts": ["a,b", None, "{x}", "NULL", "", "é善后\n", "'"], "ids": [str(SOME)]}
    with pool.connection() as conn:
        found = ask(conn, "select %(yes)s, %(no)s, %(day)s, %(sum)s, %(texts)s, %(ids)s::uuid[]", given)
    assert found == [(True, False, date(2026, 2, 28), Decimal("12.30"), given["texts"], [SOME])]


def test_what_a_migration_changed_is_prepared_anew(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        conn.execute("create temporary table grows (n int)")
        assert ask(conn, "select * from grows", {}) == []
        conn.execute("alter table grows add column more int")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            ask(conn, "select * from grows", {})
        assert ask(conn, "select * from grows", {}) == []


def test_what_was_asked_longest_ago_is_forgotten_and_asked_again(pool: connect.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST", 3)
    texts = [f"select %(n)s::int + {i}" for i in range(8)]
    with pool.connection() as conn:
        conn.execute("deallocate all")
        wire._wire_of(conn).prepared.clear()
        for _ in range(2):
            with wire.pipe(conn) as pipe:
                rows = [pipe.execute(text, {"n": 1}) for text in texts]
            assert [r.fetchone() for r in rows] == [(1 + i,) for i in range(8)]
        assert [key[0] for key in wire._wire_of(conn).prepared] == texts[-3:]
        assert conn.execute("select count(*) from pg_prepared_statements where name like 'amends%%'").fetchone() == (3,)


def test_a_statement_that_is_not_kept_is_not_prepared(pool: connect.Pool) -> None:
    with pool.connection() as conn:
        before = dict(wire._wire_of(conn).prepared)
        assert wire.ask(conn, "select %(n)s::int, %(t)s::text", {"n": 5, "t": "五"}, keep=False) == [(5, "五")]
        assert wire._wire_of(conn).prepared == before

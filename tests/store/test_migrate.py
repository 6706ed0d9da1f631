"""Migrations: once each, in order, whole or not at all, and never over a changed history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from amends.store import embedded
from amends.store.connect import PLATFORM, begin, open_pool
from amends.store.migrate import Migration, known, migrate, pending
from amends.store.requests import knock
from amends.store.trouble import OperatorError

ONE = Migration(1, "0001_one.sql", "create table one (id int); insert into one values (1)")
TWO = Migration(2, "0002_two.sql", "create table two (id int)")


@pytest.fixture
def url(empty_url: str) -> str:
    """An empty database, emptied again before each test."""
    with psycopg.connect(empty_url, autocommit=True) as conn:
        conn.execute("drop schema public cascade; create schema public")
    return empty_url


def test_the_house_is_built_once_and_nothing_is_left_to_do(url: str) -> None:
    names = [step.name for step in known()]
    assert pending(url) == names
    assert names[0] == "0001_house.sql"
    assert migrate(url) == names
    assert migrate(url) == []
    assert pending(url) == []


def test_only_what_is_new_is_done(url: str) -> None:
    assert migrate(url, [ONE]) == ["0001_one.sql"]
    assert migrate(url, [ONE, TWO]) == ["0002_two.sql"]


def test_many_at_once_do_it_once(url: str) -> None:
    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda _: migrate(url, [ONE, TWO]), range(6)))
    assert sorted(map(len, answers)) == [0, 0, 0, 0, 0, 2]
    with psycopg.connect(url) as conn:
        assert conn.execute("select count(*) from one").fetchone() == (1,)


def test_a_changed_history_is_refused_in_both_languages(url: str) -> None:
    migrate(url, [ONE])
    with pytest.raises(OperatorError) as refused:
        migrate(url, [Migration(1, ONE.name, ONE.sql + " -- edited"), TWO])
    assert "改动" in refused.value.zh
    assert "changed" in refused.value.en
    with psycopg.connect(url) as conn:
        assert conn.execute("select to_regclass('two')").fetchone() == (None,)


def test_line_ends_are_not_a_change(url: str) -> None:
    migrate(url, [Migration(1, "0001_a.sql", "select 1;\nselect 2")])
    assert migrate(url, [Migration(1, "0001_a.sql", "select 1;\r\nselect 2")]) == []


def test_a_database_newer_than_the_program_is_refused(url: str) -> None:
    migrate(url, [ONE, TWO])
    with pytest.raises(OperatorError, match="newer than the program"):
        migrate(url, [ONE])


def test_a_failing_migration_leaves_nothing(url: str) -> None:
    broken = Migration(2, "0002_broken.sql", "create table half (id int); select 1/0")
    with pytest.raises(OperatorError, match="0002_broken"):
        migrate(url, [ONE, broken])
    with psycopg.connect(url) as conn:
        assert conn.execute("select to_regclass('one'), to_regclass('half')").fetchone() == ("one", None)
    assert migrate(url, [ONE, TWO]) == ["0002_two.sql"]


def test_gaps_and_doubles_are_refused(url: str) -> None:
    for steps in ([TWO], [ONE, ONE]):
        with pytest.raises(OperatorError):
            migrate(url, steps)


def test_migration_files_stay_short() -> None:
    assert all(len(step.sql.splitlines()) < 200 for step in known())


def test_an_owner_who_is_no_superuser_builds_the_house_and_stands_behind_the_wall_too(server: embedded.Server) -> None:
    name = f"owner_{uuid4().hex[:12]}"
    url = server.url(name).replace("postgres@", f"{name}@")
    with psycopg.connect(server.url(), autocommit=True) as conn:
        conn.execute(f"create role {name} login nosuperuser; grant amends_app, amends_platform to {name} with set true, inherit false")
        conn.execute(f"create database {name} owner {name}")
    try:
        migrate(url)
        merchant, order = uuid4(), uuid4()
        with psycopg.connect(url, autocommit=True) as conn:
            begin(conn, merchant)
            conn.execute(
                "insert into orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, placed_at) "
                "values (%s, %s, 'O-1', 'received', 'b', 'SOP', 'CNY', now())",
                (merchant, order),
            )
            conn.execute(
                "insert into order_lines (merchant_id, order_id, id, position, sku, title, quantity, unit_price_minor, paid_minor) "
                "values (%s, %s, gen_random_uuid(), 1, 'cup', '杯', 1, 5, 5)",
                (merchant, order),
            )
            conn.commit()
            assert conn.execute("select count(*) from orders").fetchone() == (0,)
            begin(conn, merchant)
            assert conn.execute("select count(*) from order_lines").fetchone() == (1,)
            conn.rollback()
            begin(conn, PLATFORM)
            conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, '店', 'jd', 'SOP')", (merchant,))
            conn.execute("insert into api_keys (id, merchant_id, name, prefix, key_hash) values (gen_random_uuid(), %s, 'ERP', 'abc', 'hash')", (merchant,))
            conn.commit()
        with open_pool(url, max_size=1) as pool:
            found = knock(pool, "abc", b"hash", datetime.now(UTC), 10, uuid4(), b"print")
            assert found is not None
            assert (found[1], found[2], found[4], found[5]) == (str(merchant), "ERP", 1, b"print")
            assert knock(pool, "abc", b"other", datetime.now(UTC), 10, None, b"") is None
    finally:
        with psycopg.connect(server.url(), autocommit=True) as conn:
            conn.execute(f"drop database if exists {name} with (force)")
            conn.execute(f"drop role {name}")

"""Migrations: once each, in order, whole or not at all, and never over a changed history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from amends.store.migrate import Migration, known, migrate, pending
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

"""The embedded server: first start, second start, crashes, and directories it must not touch."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from amends.store import connect, embedded
from amends.store.trouble import OperatorError


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory an ordinary user can reach; whatever runs in it is stopped at the end."""
    path = Path(tempfile.mkdtemp(prefix="amends-home-"))
    path.chmod(0o755)
    yield path
    for mark in path.rglob("amends-home"):
        if (mark.parent / "pgdata" / "postmaster.pid").exists() and (mark.parent / "pgdata" / "PG_VERSION").read_text().strip() == embedded.MAJOR:
            embedded.start(mark.parent, durable=False).stop()
    shutil.rmtree(path, ignore_errors=True)


def _ask(server: embedded.Server, query: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as conn:
        row = conn.execute(query).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


def _pid(home: Path) -> int:
    return int((home / "pgdata" / "postmaster.pid").read_text().split("\n")[0])


def test_starting_again_finds_the_data_and_a_second_start_joins(place: Path) -> None:
    home = place / "数据 one"  # a space and Chinese in the path
    first = embedded.start(home)
    assert first.started
    with psycopg.connect(first.url(), autocommit=True) as conn:
        conn.execute("create table kept as select '善后' as word")
    joined = embedded.start(home)
    assert not joined.started
    connect.Database(joined.url(), joined).close()  # we did not start it, so it stays
    assert _ask(joined, "select word from kept") == "善后"
    first.stop()
    first.stop()
    assert not (home / "pgdata" / "postmaster.pid").exists()
    again = embedded.start(home)
    assert again.started
    assert _ask(again, "select word from kept") == "善后"
    again.stop()


def test_it_is_durable_utf8_builtin_locale_and_off_the_network(place: Path) -> None:
    server = embedded.start(place / "home")
    assert _ask(server, "show fsync") == "on"
    assert _ask(server, "show synchronous_commit") == "on"
    assert _ask(server, "show listen_addresses") == ""
    assert (
        _ask(server, "select datlocprovider::text || datlocale || pg_encoding_to_char(encoding) from pg_database where datname = 'postgres'") == "bC.UTF-8UTF8"
    )
    assert (server.socket_dir.stat().st_mode & 0o777) == 0o700
    assert Path(f"/proc/{_pid(place / 'home')}").stat().st_uid != 0
    server.stop()


def test_after_kill_9_it_starts_even_if_another_process_has_the_old_id(place: Path) -> None:
    home = place / "home"
    server = embedded.start(home)
    with psycopg.connect(server.url(), autocommit=True) as conn:
        conn.execute("create table kept as select 7 as n")
    old = (home / "pgdata" / "postmaster.pid").read_text()
    os.kill(_pid(home), signal.SIGKILL)
    time.sleep(0.3)
    uid = (home / "pgdata").stat().st_uid
    other = subprocess.Popen(["sleep", "60"], user=uid) if os.geteuid() == 0 else subprocess.Popen(["sleep", "60"])
    try:
        (home / "pgdata" / "postmaster.pid").write_text(f"{other.pid}\n" + old.partition("\n")[2])
        again = embedded.start(home)
        assert again.started
        assert _ask(again, "select n from kept") == 7
        again.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_path_too_long_for_a_socket_still_works(place: Path) -> None:
    server = embedded.start(place / ("深" * 20) / ("d" * 60), durable=False)
    try:
        assert len(str(server.socket_dir)) < 50
        assert _ask(server, "select 1") == 1
    finally:
        server.stop()
        shutil.rmtree(server.socket_dir)


def test_a_directory_that_is_not_ours_is_refused_and_untouched(place: Path) -> None:
    (place / "letters.txt").write_text("mine")
    before = place.stat()
    with pytest.raises(OperatorError) as refused:
        embedded.start(place)
    assert "不是本系统的数据目录" in refused.value.zh
    assert [entry.name for entry in place.iterdir()] == ["letters.txt"]
    assert (place.stat().st_uid, place.stat().st_mode) == (before.st_uid, before.st_mode)


def test_an_empty_directory_is_taken_and_keeps_its_owner(place: Path) -> None:
    owner = place.stat().st_uid
    server = embedded.start(place, durable=False)
    server.stop()
    assert place.stat().st_uid == owner


def test_another_major_version_is_refused_with_what_to_do(place: Path) -> None:
    home = place / "home"
    embedded.start(home, durable=False).stop()
    (home / "pgdata" / "PG_VERSION").write_text("17\n")
    with pytest.raises(OperatorError) as refused:
        embedded.start(home)
    assert "pg_dump" in refused.value.zh
    assert "PostgreSQL 17" in refused.value.en


def test_an_interrupted_first_start_is_begun_again(place: Path) -> None:
    home = place / "home"
    home.mkdir()
    (home / "amends-home").touch()
    (home / "pgdata.new").mkdir()
    (home / "pgdata.new" / "PG_VERSION").write_text("18\n")
    server = embedded.start(home, durable=False)
    assert _ask(server, "select 1") == 1
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has directories an ordinary user cannot reach")
def test_a_place_the_ordinary_user_cannot_reach_is_refused(place: Path) -> None:
    place.chmod(0o700)
    with pytest.raises(OperatorError, match="cannot reach"):
        embedded.start(place / "home")


def test_database_url_wins(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    assert connect.find(place / "home") == connect.Database("postgresql://elsewhere/x")
    assert not (place / "home").exists()
    monkeypatch.delenv("DATABASE_URL")
    found = connect.find(place / "home")
    with psycopg.connect(found.url) as conn:
        assert conn.execute("select current_database()").fetchone() == ("amends",)
    found.close()
    assert not (place / "home" / "pgdata" / "postmaster.pid").exists()


@pytest.mark.parametrize(("memory", "megabytes"), [(512 * 2**20, 128), (2 * 2**30, 128), (8 * 2**30, 512), (24 * 2**30, 1536), (256 * 2**30, 2048)], ids=["little", "2-GB", "8-GB", "24-GB", "very-much"])
def test_pages_are_kept_in_a_sixteenth_of_memory(memory: int, megabytes: int) -> None:
    assert embedded.buffers_mb(memory) == megabytes


@pytest.mark.parametrize(("said", "less"), [("max\n", False), ("536870912\n", True), (None, False)], ids=["not-held-back", "half-a-GB", "no-control-group"])
def test_a_container_has_the_memory_it_is_given(tmp_path: Path, said: str | None, less: bool) -> None:
    limit = tmp_path / "memory.max"
    if said is not None:
        limit.write_text(said, encoding="ascii")
    assert (embedded._memory(limit) == 536870912) is less

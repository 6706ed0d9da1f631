"""One embedded server for the whole run (all xdist workers), one migrated template, one database per test module."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from amends.engine import passwords
from amends.store import connect, embedded, migrate

_HOME = "AMENDS_TEST_HOME"
_TEMPLATE = "amends_template"
_FURNISHED = "amends_furnished"
DEMO_SECRET, DEMO_SEED = b"a secret of the tests, long enough", 7
"""The furnished house is the same for every test that asks for it."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process names the directory; xdist workers inherit it."""
    if not hasattr(config, "workerinput"):
        home = tempfile.mkdtemp(prefix="amends-test-", dir=_quick_place())
        Path(home).chmod(0o755)
        os.environ[_HOME] = home
        os.environ.setdefault("AMENDS_SECRET_KEY", "5a" * 32)  # what tests seal, programs they start can open
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every worker and every program that a test starts compiles everything anew
        sys.dont_write_bytecode = False


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """On a new machine both workers of a whole run rewrite every test module for its asserts, which takes twenty seconds: the second begins at the end, and they meet in the middle."""
    if getattr(session.config, "workerinput", {}).get("workerid") == "gw1" and [Path(a).name for a in session.config.args] == ["tests"]:
        for module in sorted(session.config.rootpath.glob("tests/**/test_*.py"), reverse=True):
            with contextlib.suppress(Exception):  # collecting it tells what is wrong
                importlib.import_module(".".join(module.relative_to(session.config.rootpath).with_suffix("").parts))


def _quick_place() -> str | None:
    """In memory where there is plenty of it: a database is two thousand files, and a disk takes ten times as long to make them. None says: where temporary files go."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 6 * 2**30 else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process outlives the workers, so it stops the server and clears up."""
    if not hasattr(config, "workerinput") and (home := os.environ.pop(_HOME, None)):
        if (Path(home) / "shared" / "pgdata").exists():
            embedded.start(Path(home) / "shared", durable=False).stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hashes as they are, argon2id, but with the least work in each: nobody guesses at the passwords of tests."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def server() -> embedded.Server:
    """The shared embedded server, with a migrated template database."""
    home = Path(os.environ[_HOME])
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = embedded.start(home / "shared", durable=False)
        if not (home / "template-made").exists():
            connect.make_database(running.url(), _TEMPLATE)
            migrate.migrate(running.url(_TEMPLATE))
            (home / "template-made").touch()
    return running


@pytest.fixture(scope="module")
def empty_url(server: embedded.Server) -> Iterator[str]:
    """The address of an empty database, not migrated."""
    yield from _fresh(server, "template0")


@pytest.fixture(scope="module")
def database_url(server: embedded.Server) -> Iterator[str]:
    """The address of a migrated database of this module's own."""
    yield from _fresh(server, _TEMPLATE)


@pytest.fixture(scope="module")
def pool(database_url: str) -> Iterator[connect.Pool]:
    """A pool on this module's database, as the application opens it."""
    opened = connect.open_pool(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def furnished_url(server: embedded.Server) -> Iterator[str]:
    """The address of a database of this module's own, furnished as `amends demo` furnishes it; furnished once in a run, then copied."""
    home = Path(os.environ[_HOME])
    with (home / "furnish-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "furnished").exists():
            connect.make_database(server.url(), _FURNISHED, _TEMPLATE)
            _furnish(server.url(_FURNISHED), home)
            (home / "furnished").touch()
    yield from _fresh(server, _FURNISHED)


def _furnish(url: str, home: Path) -> None:
    from amends.engine.clock import DemoClock
    from amends.engine.house import House
    from amends.sim.demo import furnish

    pool = connect.open_pool(url)
    try:
        furnish(House(pool, DemoClock(pool), home / "furnished-home", True, DEMO_SECRET, connect.Database(url)), DEMO_SEED)
    finally:
        pool.close()


@pytest.fixture
def admin(database_url: str) -> Iterator[psycopg.Connection]:
    """The server's owner on this module's database, in autocommit; no wall."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        yield conn


def _fresh(server: embedded.Server, template: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:16]}"
    with (Path(os.environ[_HOME]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connect.make_database(server.url(), name, template)
    yield server.url(name)
    with psycopg.connect(server.url(), autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)")

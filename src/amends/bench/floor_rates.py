"""The floors: the same writes without a product, on the same server (bench/floor/*.sql)."""

import re
import subprocess
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import psycopg

from amends.store import connect, embedded

DATABASE = "amends_floor"


def _text(name: str) -> str:
    return files("amends.bench").joinpath("floor", name).read_text("utf-8")


def prepare(admin_url: str, floor_url: str) -> None:
    """A fresh floor database with its 200 000 cases."""
    with psycopg.connect(admin_url, autocommit=True) as conn:
        conn.execute(f"drop database if exists {DATABASE} with (force)")
    connect.make_database(admin_url, DATABASE)
    with psycopg.connect(floor_url, autocommit=True) as conn:
        for statement in _text("schema.sql").split(";"):
            if statement.strip():
                conn.execute(statement)


def transition(floor_url: str, clients: int, seconds: int) -> tuple[float, str]:
    """Four-statement transitions a second with `clients` clients by pgbench; and how it was taken."""
    program = embedded.bin_dir() / "pgbench"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "transition.sql"
        script.write_text(_text("transition.sql"), encoding="utf-8")
        done = subprocess.run(
            [str(program), "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-M", "prepared", "-f", str(script), floor_url],
            capture_output=True, text=True, check=True,
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    return (float(found[1]) if found else 0.0), f"pgbench, {clients} clients"


def batches(floor_url: str, seconds: int, size: int = 1000) -> float:
    """Cases a second in set-based batches sent from Python with one psycopg connection."""
    lines = [x for x in _text("batch_1000.sql").splitlines() if x and not x.startswith("\\")]
    statements = [re.sub(r":lo(::bigint)?", "%(lo)s::bigint", re.sub(r":hi(::bigint)?", "%(hi)s::bigint", x.rstrip(";"))) for x in lines]
    done, start, lo = 0, time.perf_counter(), 1
    with psycopg.connect(floor_url, autocommit=True) as conn:
        while time.perf_counter() - start < seconds:
            given = {"lo": lo, "hi": lo + size - 1}
            for statement in statements:
                conn.execute(statement, given if "%(" in statement else None)
            done, lo = done + size, (lo + size) % 199_000 + 1
    return done / (time.perf_counter() - start)

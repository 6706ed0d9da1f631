"""Migrations: numbered plain-SQL files, forward only, each once, its checksum kept; a changed history is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from amends.store.trouble import OperatorError

_LOCK = 0x616D656E6473  # "amends"
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, whatever the line ends."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def known() -> list[Migration]:
    """The migrations this release brings, in order."""
    found = [
        Migration(int(match[1]), entry.name, entry.read_text(encoding="utf-8"))
        for entry in files("amends.store").joinpath("migrations").iterdir()
        if (match := _NAME.fullmatch(entry.name))
    ]
    return sorted(found, key=lambda m: m.number)


def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Bring the database up to date and return the names of what was done. Safe to run from many processes at once."""
    steps = known() if migrations is None else list(migrations)
    _check_numbers(steps)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(%s)", (_LOCK,))
        conn.execute(
            "create table if not exists schema_migrations (number int primary key, name text not null, checksum text not null, "
            "applied_at timestamptz not null default now())"
        )
        done = _check_history(conn, steps)
        fresh = [step for step in steps if step.number not in done]
        for step in fresh:
            _apply(conn, step)
        return [step.name for step in fresh]


def pending(url: str) -> list[str]:
    """Names of the migrations this database still lacks; writes nothing."""
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute("select to_regclass('public.schema_migrations')").fetchone()
        if row is None or row[0] is None:
            return [step.name for step in known()]
        done = _check_history(conn, known())
        return [step.name for step in known() if step.number not in done]


def _check_numbers(steps: Sequence[Migration]) -> None:
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        names = ", ".join(step.name for step in steps)
        raise OperatorError(f"迁移编号必须从 0001 起连续：{names}", f"Migrations must be numbered from 0001 without gaps: {names}")


def _check_history(conn: psycopg.Connection, steps: Sequence[Migration]) -> set[int]:
    """Numbers already applied, or a refusal when they are not the files we have."""
    ours = {step.number: step for step in steps}
    done: set[int] = set()
    for number, name, checksum in conn.execute("select number, name, checksum from schema_migrations order by number"):
        step = ours.get(number)
        if step is None:
            raise OperatorError(
                f"数据库已执行 {name}，而本版本没有它：数据库比程序新，请升级程序。什么都没有改动。",
                f"The database has {name}, which this release lacks: it is newer than the program. Upgrade the program. Nothing was changed.",
            )
        if step.checksum != checksum or step.name != name:
            raise OperatorError(
                f"迁移 {name} 执行之后被改动过。请恢复原文件，修改另写一个新编号的迁移。什么都没有改动。",
                f"Migration {name} was changed after it had been applied. Restore the file and write the change as a new number. Nothing was changed.",
            )
        done.add(number)
    return done


def _apply(conn: psycopg.Connection, step: Migration) -> None:
    """One file and its record in one transaction: all of it or nothing."""
    try:
        with conn.transaction():
            conn.execute(step.sql)
            conn.execute("insert into schema_migrations (number, name, checksum) values (%s, %s, %s)", (step.number, step.name, step.checksum))
    except psycopg.Error as error:
        raise OperatorError(f"迁移 {step.name} 失败，已全部撤回：{error}", f"Migration {step.name} failed and was rolled back whole: {error}") from error

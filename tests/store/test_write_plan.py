"""The writing statement finds each case by its key and each kind by hash, whatever statistics say: never a batch once for each of its rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from amends.engine.ids import new_id
from amends.sim import crowd
from amends.store.connect import Pool, scope
from amends.store.queries import sql

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def plan(pool: Pool, merchant: str) -> str:
    """How the statement is carried out, whatever its parameters are."""
    names: dict[str, str] = {}
    text = re.sub(r"%\((\w+)\)s", lambda found: names.setdefault(found[1], f"${len(names) + 1}"), sql("write_cases"))
    with scope(pool, UUID(merchant)) as conn:
        return "\n".join(row[0] for row in conn.execute(f"explain (generic_plan) {text}").fetchall())


@pytest.mark.parametrize("size", ["young", "small", "large"])
def test_no_row_is_compared_with_every_other(pool: Pool, admin, size: str) -> None:
    for _ in range(10):
        crowd.cases(pool, crowd.merchant(pool), 300, NOW, NOW + timedelta(hours=1))
    admin.execute("update cases set version = 1 + abs(hashtext(id::text)) % 30")
    if size != "young":
        admin.execute("vacuum analyze cases")
        admin.execute("vacuum analyze clocks")
    if size == "large":  # as if a hundred times as much were on the same pages
        admin.execute("update pg_class set reltuples = reltuples * 100 where relname ~ '^(cases|clocks)'")
    said = plan(pool, new_id())
    assert not re.search(r"Nested Loop[^\n]*\n\s*Join Filter", said), said
    assert "CTE Scan on c" in said, "kinds are joined to rows before cases are looked up, not after"

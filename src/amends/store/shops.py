"""Merchants as an import needs them: what counts where an order is silent, and new ones for sellers that a file names (PLATFORM scope)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.types.json import Jsonb

from amends.core.orders import CONFIRM_AFTER_DAYS


@dataclass(slots=True)
class Shop:
    """Fulfilment mode, currency and after how many days receipt confirms itself (OR-4)."""

    id: str
    fulfilment_mode: str
    currency: str
    confirm_after_days: int


_SELECT = "select id::text, fulfilment_mode, currency, coalesce((settings ->> 'confirm_after_days')::int, %s)"


def shop(conn: psycopg.Connection, merchant_id: str) -> Shop | None:
    """One merchant, None if it is not there or not in scope."""
    row = conn.execute(f"{_SELECT} from merchants where id = %s", (CONFIRM_AFTER_DAYS, merchant_id)).fetchone()
    return Shop(*row) if row else None


def named(conn: psycopg.Connection, name: str) -> list[Shop]:
    """Merchants of that id or exact name; PLATFORM scope."""
    return [Shop(*row) for row in conn.execute(f"{_SELECT} from merchants where id::text = %s or name = %s limit 2", (CONFIRM_AFTER_DAYS, name, name))]


def by_source(conn: psycopg.Connection, sources: Sequence[str]) -> dict[str, Shop]:
    """Merchants by their source's mark; PLATFORM scope."""
    rows = conn.execute(f"{_SELECT}, settings ->> 'source' from merchants where settings ->> 'source' = any(%s)", (CONFIRM_AFTER_DAYS, list(sources)))
    return {row[4]: Shop(*row[:4]) for row in rows}


def open_for_sources(conn: psycopg.Connection, sellers: Sequence[tuple[str, str, str, str, str]], currency: str, tz: str) -> None:
    """Open merchants `(id, source, name, pack, fulfilment_mode)`; one whose source is there already stays as it is. PLATFORM scope."""
    conn.cursor().executemany(
        "insert into merchants (id, name, pack, fulfilment_mode, currency, tz, settings) values (%s, %s, %s, %s, %s, %s, %s) "
        "on conflict ((settings ->> 'source')) where settings ? 'source' do nothing",
        [(id_, name, pack, mode, currency, tz, Jsonb({"source": source})) for id_, source, name, pack, mode in sellers],
    )

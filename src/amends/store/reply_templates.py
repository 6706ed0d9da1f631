"""Reply templates as a merchant keeps them (DI-12): only those changed or added; the others are data of the core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row


@dataclass(slots=True)
class Row:
    """One row."""

    id: str
    scenario: str
    name_zh: str
    name_en: str
    words_zh: str
    words_en: str
    active: bool


def listed(conn: psycopg.Connection, merchant: str) -> list[Row]:
    """All of a merchant's own, by scenario and name."""
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute("select id, scenario, name_zh, name_en, words_zh, words_en, active from reply_templates where merchant_id = %s order by scenario, id", (UUID(merchant),)).fetchall()


def put(conn: psycopg.Connection, merchant: str, row: Row, by: str, now: datetime) -> None:
    """Keep one, in place of what was kept under its id."""
    conn.execute(
        "insert into reply_templates (merchant_id, id, scenario, name_zh, name_en, words_zh, words_en, active, changed_by, changed_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (merchant_id, id) do update set scenario = excluded.scenario, name_zh = excluded.name_zh, name_en = excluded.name_en, words_zh = excluded.words_zh,"
        " words_en = excluded.words_en, active = excluded.active, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        (UUID(merchant), row.id, row.scenario, row.name_zh, row.name_en, row.words_zh, row.words_en, row.active, by, now),
    )


def drop(conn: psycopg.Connection, merchant: str, template_id: str) -> bool:
    """Forget one; what comes with the product stands again as it came."""
    return conn.execute("delete from reply_templates where merchant_id = %s and id = %s", (UUID(merchant), template_id)).rowcount == 1

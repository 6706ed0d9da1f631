"""Versions of a merchant's keyword sets (KW-1). Which one is in force stands in the merchant's settings under `keywords`, so that every decision knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb


@dataclass(slots=True)
class Version:
    """One version as kept."""

    version: int
    document: dict[str, Any]
    note: str
    made_by: str
    made_by_name: str
    made_at: datetime


_COLUMNS = "version, document, note, made_by, made_by_name, made_at"


def one(conn: psycopg.Connection, merchant: str, version: int) -> Version | None:
    """One version of this merchant's sets."""
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from keyword_versions where merchant_id = %s and version = %s", (UUID(merchant), version)).fetchone()


def newest(conn: psycopg.Connection, merchant: str, most: int = 1) -> list[Version]:
    """The last versions, newest first."""
    with conn.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from keyword_versions where merchant_id = %s order by version desc limit %s", (UUID(merchant), most)).fetchall()


def hold(conn: psycopg.Connection, merchant: str) -> bool:
    """Hold the merchant's row while a version is made; False for a merchant that is not there."""
    return conn.execute("select 1 from merchants where id = %s for update", (UUID(merchant),)).fetchone() is not None


def add(conn: psycopg.Connection, merchant: str, row: Version) -> None:
    """Keep a version and put it in force."""
    conn.execute(
        f"insert into keyword_versions (merchant_id, {_COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s)",
        (UUID(merchant), row.version, Jsonb(row.document), row.note, row.made_by, row.made_by_name, row.made_at),
    )
    conn.execute("update merchants set settings = settings || jsonb_build_object('keywords', %s::int) where id = %s", (row.version, UUID(merchant)))

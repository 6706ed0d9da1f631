"""Files of a merchant: pictures as they were kept, with their hash. Bytes are read only to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg


@dataclass(slots=True)
class File:
    """One file as it is sent: its media type, bytes, whose case it belongs to and who brought it."""

    media_type: str
    bytes: bytes
    case_id: str | None
    uploaded_by: str | None


_ADD = """
insert into files (merchant_id, id, sha256, media_type, size, bytes, uploaded_by, at) values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (merchant_id, id) do nothing
"""


def add(conn: psycopg.Connection, merchant: str, file_id: str, sha256: bytes, media_type: str, data: bytes, uploaded_by: str, at: datetime) -> None:
    """Keep a file; the same id again changes nothing."""
    conn.execute(_ADD, (UUID(merchant), UUID(file_id), sha256, media_type, len(data), data, uploaded_by, at))


def unsent(conn: psycopg.Connection, merchant: str, uploaded_by: str) -> tuple[int, int]:
    """How many files of one uploader wait to be sent with something, and their bytes in all."""
    row = conn.execute("select count(*)::int, coalesce(sum(size), 0)::bigint from files where merchant_id = %s and case_id is null and uploaded_by = %s", (UUID(merchant), uploaded_by)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def merchants_with_unsent(conn: psycopg.Connection, before: datetime) -> list[str]:
    """Merchants with pictures older than this that belong to no case; PLATFORM scope."""
    return [row[0] for row in conn.execute("select distinct merchant_id::text from files where case_id is null and at < %s", (before,))]


def remove_unsent(conn: psycopg.Connection, merchant: str, before: datetime, most: int, drafts_since: datetime) -> int:
    """Remove up to `most` files older than this that were never sent; those of unclaimed parcels stay, and those of drafts kept since `drafts_since`. Answers how many."""
    return conn.execute(
        "delete from files where merchant_id = %(m)s and id in (select f.id from files f where f.merchant_id = %(m)s and f.case_id is null and f.at < %(before)s"
        " and f.id not in (select unnest(u.file_ids) from unclaimed_parcels u where u.merchant_id = %(m)s)"
        " and f.id not in (select unnest(d.file_ids) from drafts d where d.merchant_id = %(m)s and d.file_ids <> '{}' and d.saved_at >= %(drafts)s)"
        " order by f.at limit %(most)s for update skip locked)",
        {"m": UUID(merchant), "before": before, "most": most, "drafts": drafts_since},
    ).rowcount


def read(conn: psycopg.Connection, merchant: str, file_id: str) -> File | None:
    """One file of this merchant."""
    row = conn.execute(
        "select media_type, bytes, case_id::text, uploaded_by from files where merchant_id = %s and id = %s", (UUID(merchant), UUID(file_id))
    ).fetchone()
    return None if row is None else File(row[0], bytes(row[1]), row[2], row[3])

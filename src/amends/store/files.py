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


def read(conn: psycopg.Connection, merchant: str, file_id: str) -> File | None:
    """One file of this merchant."""
    row = conn.execute(
        "select media_type, bytes, case_id::text, uploaded_by from files where merchant_id = %s and id = %s", (UUID(merchant), UUID(file_id))
    ).fetchone()
    return None if row is None else File(row[0], bytes(row[1]), row[2], row[3])

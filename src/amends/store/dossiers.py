"""Dossiers as they were made: kept once for each content and side, drawn by whoever holds the claim, never altered afterwards (DI-10).

A claim runs on the database's own clock: it says who draws, not what time it is in the trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

CLAIM_SECONDS, TRIES = 120, 3
_COLUMNS = """merchant_id::text, id::text, case_id::text, case_version, side, unmasked, encode(json_sha256, 'hex') as json_sha256, encode(pdf_sha256, 'hex') as pdf_sha256, drawn, to_draw,
  attempts, coalesce(trouble, '') as trouble, requested_kind, requested_name, requested_at, made_at, language, erased_at, coalesce(signing_key, '') as signing_key, octet_length(json) as json_size, coalesce(octet_length(pdf), 0) as pdf_size"""


@dataclass(slots=True)
class Kept:
    """One dossier without its bytes. `made_at` None: its paper is still being drawn, `drawn` of `to_draw` files."""

    merchant_id: str
    id: str
    case_id: str
    case_version: int
    side: str
    unmasked: bool
    json_sha256: str
    pdf_sha256: str | None
    drawn: int
    to_draw: int
    attempts: int
    trouble: str
    requested_kind: str
    requested_name: str
    requested_at: datetime
    made_at: datetime | None
    language: str
    erased_at: datetime | None
    signing_key: str
    json_size: int
    pdf_size: int

    @property
    def failed(self) -> bool:
        """Nobody tries any more."""
        return self.made_at is None and self.attempts >= TRIES and self.erased_at is None


@dataclass(slots=True)
class Fresh:
    """A dossier to be kept: digests as bytes."""

    merchant_id: str
    id: str
    case_id: str
    case_version: int
    side: str
    unmasked: bool
    content: bytes
    json: bytes
    json_sha256: bytes
    to_draw: int
    requested_kind: str
    requested_by: str
    requested_name: str
    requested_at: datetime
    language: str = "zh-CN"


def add(conn: psycopg.Connection, x: Fresh) -> bool:
    """Keep it; False when the same content is kept for this side already."""
    done = conn.execute(
        "insert into dossiers (merchant_id, id, case_id, case_version, side, unmasked, content, json, json_sha256, to_draw, requested_kind, requested_by, requested_name, requested_at, language)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (merchant_id, case_id, side, unmasked, content) do nothing",
        (UUID(x.merchant_id), UUID(x.id), UUID(x.case_id), x.case_version, x.side, x.unmasked, x.content, x.json, x.json_sha256, x.to_draw, x.requested_kind, x.requested_by, x.requested_name, x.requested_at, x.language),
    )
    return done.rowcount == 1


def same(conn: psycopg.Connection, merchant: str, case_id: str, side: str, unmasked: bool, content: bytes) -> Kept | None:
    """The one of this content, if it was made before."""
    return _one(conn, "merchant_id = %s and case_id = %s and side = %s and unmasked = %s and content = %s", UUID(merchant), UUID(case_id), side, unmasked, content)


def one(conn: psycopg.Connection, merchant: str, dossier_id: str) -> Kept | None:
    """One dossier of this merchant."""
    return _one(conn, "merchant_id = %s and id = %s", UUID(merchant), UUID(dossier_id))


def of_case(conn: psycopg.Connection, merchant: str, case_id: str, sides: tuple[str, ...], most: int = 20) -> list[Kept]:
    """What was made for these sides, newest first."""
    with conn.cursor(row_factory=class_row(Kept)) as cursor:
        query = f"select {_COLUMNS} from dossiers where merchant_id = %s and case_id = %s and side = any(%s) order by requested_at desc, id desc limit %s"
        return cursor.execute(query, (UUID(merchant), UUID(case_id), list(sides), most)).fetchall()


def by_digest(conn: psycopg.Connection, sha256: bytes) -> Kept | None:
    """The one whose document or paper has this digest; PLATFORM scope."""
    return _one(conn, "json_sha256 = %s or pdf_sha256 = %s", sha256, sha256)


def _one(conn: psycopg.Connection, where: str, *values: object) -> Kept | None:
    with conn.cursor(row_factory=class_row(Kept)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from dossiers where {where} limit 1".encode(), values).fetchone()


def document(conn: psycopg.Connection, merchant: str, dossier_id: str) -> bytes | None:
    """The JSON as it was made."""
    row = conn.execute("select json from dossiers where merchant_id = %s and id = %s", (UUID(merchant), UUID(dossier_id))).fetchone()
    return None if row is None else bytes(row[0])


def paper(conn: psycopg.Connection, merchant: str, dossier_id: str) -> bytes | None:
    """The PDF; None while it is being drawn."""
    row = conn.execute("select pdf from dossiers where merchant_id = %s and id = %s", (UUID(merchant), UUID(dossier_id))).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def signature(conn: psycopg.Connection, merchant: str, dossier_id: str) -> tuple[bytes, bytes] | None:
    """Public key and signature over SHA256SUMS; None for one made before there were signatures."""
    row = conn.execute("select k.public, d.signature from dossiers d join signing_keys k on k.id = d.signing_key where d.merchant_id = %s and d.id = %s", (UUID(merchant), UUID(dossier_id))).fetchone()
    return None if row is None else (bytes(row[0]), bytes(row[1]))


def claim(conn: psycopg.Connection, merchant: str, dossier_id: str) -> bool:
    """Take the drawing of one upon oneself; False when somebody else has it, or it is done."""
    return conn.execute(
        "update dossiers set claimed_until = clock_timestamp() + make_interval(secs => %s), attempts = attempts + 1 where merchant_id = %s and id = %s and pdf is null and erased_at is null and attempts < %s"
        " and (claimed_until is null or claimed_until < clock_timestamp())", (CLAIM_SECONDS, UUID(merchant), UUID(dossier_id), TRIES),
    ).rowcount == 1


def waiting(conn: psycopg.Connection) -> tuple[str, str] | None:
    """Merchant and id of the oldest that nobody draws; PLATFORM scope."""
    row = conn.execute(
        "select merchant_id::text, id::text from dossiers where pdf is null and erased_at is null and attempts < %s and (claimed_until is null or claimed_until < clock_timestamp()) order by requested_at limit 1", (TRIES,)
    ).fetchone()
    return None if row is None else (row[0], row[1])


def drawn(conn: psycopg.Connection, merchant: str, dossier_id: str, n: int) -> None:
    """How far the drawing is; the claim goes on."""
    conn.execute(
        "update dossiers set drawn = %s, claimed_until = clock_timestamp() + make_interval(secs => %s) where merchant_id = %s and id = %s and pdf is null", (n, CLAIM_SECONDS, UUID(merchant), UUID(dossier_id))
    )


def finish(conn: psycopg.Connection, merchant: str, dossier_id: str, pdf: bytes, sha256: bytes, now: datetime, signed: tuple[str, bytes]) -> None:
    """The paper is done, and the house has signed (key, signature over SHA256SUMS); from here the row does not change any more. A second drawing of the same is let be."""
    conn.execute(
        "update dossiers set pdf = %s, pdf_sha256 = %s, made_at = %s, signing_key = %s, signature = %s, drawn = to_draw, claimed_until = null, trouble = null"
        " where merchant_id = %s and id = %s and pdf is null and erased_at is null", (pdf, sha256, now, *signed, UUID(merchant), UUID(dossier_id)),
    )


def begin_again(conn: psycopg.Connection, merchant: str, dossier_id: str) -> None:
    """Somebody asks for one that was given up: it may be tried as often as a new one."""
    conn.execute("update dossiers set attempts = 0, trouble = null where merchant_id = %s and id = %s and pdf is null", (UUID(merchant), UUID(dossier_id)))


def fail(conn: psycopg.Connection, merchant: str, dossier_id: str, trouble: str) -> None:
    """It could not be drawn this time."""
    conn.execute("update dossiers set trouble = %s, claimed_until = null where merchant_id = %s and id = %s and pdf is null", (trouble[:500], UUID(merchant), UUID(dossier_id)))

"""A copy of everything that is kept of a buyer, for the buyer (ST-10): a ZIP with a page to read, the same as data, and the photos.

Cases are told as in the buyer's own dossier, so the names of staff and what the sides keep to themselves stay out of it. Who asked for it, why, and each time it is fetched is on record; the file goes after some days.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.buyer_erasure import wrong_words
from amends.engine.buyer_export_page import page
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import gather
from amends.engine.house import House
from amends.engine.ids import is_id, new_id
from amends.store import buyer_erasures, files
from amends.store import buyer_exports as store
from amends.store.buyer_exports import Copied
from amends.store.connect import PLATFORM, Pool, scope

PERMISSION = "export_personal_data"
KEPT_FOR = timedelta(days=7)
MOST_BYTES = 128 * 1024 * 1024
"""Larger ones are made on the server only, straight into a file."""
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm", "text/plain": "txt"}


@dataclass(slots=True)
class Gathered:
    """What is kept of one buyer at one merchant: rows by part, the buyer's dossiers of their cases, and which file lies where in the ZIP."""

    merchant_id: str
    buyer_id: str
    parts: dict[str, list[dict[str, Any]]]
    cases: list[dict[str, Any]]
    files: dict[str, str] = field(default_factory=dict)
    size: int = 0


def lacks(by: By) -> Refusal | None:
    """Why this person may make no copy; None if they may."""
    return by.lacks(PERMISSION) or (Refusal("permission_missing", {"permission": PERMISSION}) if by.merchant_id else None)


def make(house: House, by: By, merchant: str, buyer: str, why: str, reference: str, now: datetime, *, language: str = "zh-CN", ident: str | None = None) -> str | Refusal:
    """Make a copy and keep it for KEPT_FOR; answers its id."""
    if wrong := lacks(by) or wrong_words(why, reference, buyer):
        return wrong
    ident = ident or new_id()
    with scope(house.pool, PLATFORM) as conn:
        if store.one(conn, ident) is not None:
            return ident
    found = gathered(house, merchant, buyer, now)
    if isinstance(found, Refusal):
        return found
    if found.size > MOST_BYTES:
        return Refusal("buyer_export_big", {"now": found.size // 2**20, "most": MOST_BYTES // 2**20})
    data = zipped(house.pool, found, language, now)
    row = {
        "merchant_id": merchant, "id": ident, "buyer_id": buyer, "why": why, "reference": reference.strip(), "language": language, "asked_by": by.actor.id, "asked_name": by.actor.name, "asked_at": now, "bytes": data,
        "sha256": hashlib.sha256(data).digest(), "size": len(data), "orders": len(found.parts["orders"]), "cases": len(found.cases), "files": len(found.files), "gone_after": now + KEPT_FOR,
    }
    with scope(house.pool, PLATFORM) as conn:
        store.add(conn, row)
        _record_made(conn, by, now, ident, row, merchant)
    return ident


def write(house: House, by: By, merchant: str, buyer: str, why: str, reference: str, now: datetime, *, language: str = "zh-CN") -> bytes | Refusal:
    """The same as bytes for whoever is on the server; nothing is kept here but the record of it."""
    if wrong := lacks(by) or wrong_words(why, reference, buyer):
        return wrong
    found = gathered(house, merchant, buyer, now)
    if isinstance(found, Refusal):
        return found
    data = zipped(house.pool, found, language, now)
    row = {"why": why, "reference": reference.strip(), "sha256": hashlib.sha256(data).digest(), "orders": len(found.parts["orders"]), "cases": len(found.cases), "files": len(found.files)}
    with scope(house.pool, PLATFORM) as conn:
        _record_made(conn, by, now, new_id(), row, merchant)
    return data


def take(pool: Pool, by: By, ident: str, now: datetime) -> tuple[Copied, bytes] | Refusal:
    """Fetch a copy; on record each time."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        found = store.one(conn, ident) if is_id(ident) else None
        if found is None:
            return Refusal("buyer_request_unknown")
        data = store.take(conn, found.merchant_id, ident) if found.gone_after > now else None
        if data is None:
            return Refusal("buyer_export_gone")
        record(conn, by, now, "buyer_copy_taken", ("buyer_copy", ident), after={"sha256": found.sha256}, merchant_id=found.merchant_id)
    return found, data


def remove_over(pool: Pool, now: datetime) -> int:
    """Copies whose time is over; answers how many went."""
    with scope(pool, PLATFORM) as conn:
        gone = store.remove(conn, now)
        for merchant, ident in gone:
            record(conn, By(), now, "buyer_copy_gone", ("buyer_copy", ident), merchant_id=merchant)
    return len(gone)


def gathered(house: House, merchant: str, buyer: str, now: datetime) -> Gathered | Refusal:
    """Everything that is kept of a buyer at a merchant."""
    if not is_id(merchant):
        return Refusal("buyer_unknown", field="buyer_id")
    with scope(house.pool, PLATFORM) as conn:
        if not buyer_erasures.left(conn, merchant, buyer):
            return Refusal("buyer_unknown", field="buyer_id")
        parts, idents, own = store.parts(conn, merchant, buyer), store.cases(conn, merchant, buyer), store.own_files(conn, merchant, buyer)
    found = Gathered(merchant, buyer, parts, [])
    for ident in idents:
        one = gather(house.pool, merchant, ident, Copy("buyer"), house.secret, new_id(), now)
        if one is None or one.buyer_id != buyer:
            continue  # a ticket that others wrote about the buyer's order is between them and the merchant
        found.cases.append(one.document)
        for exhibit in one.exhibits:
            found.size += 0 if exhibit.id in found.files else exhibit.size
            found.files.setdefault(exhibit.id, f"files/{one.document['case']['number']}/{exhibit.path.rpartition('/')[2]}")
    for file_id, media_type, size in own:
        if file_id not in found.files:
            found.files[file_id], found.size = f"files/uploads/{len(found.files) + 1:03d}.{ENDINGS.get(media_type, 'bin')}", found.size + size
    return found


def zipped(pool: Pool, found: Gathered, language: str, now: datetime) -> bytes:
    """index.html, data.json, the files, and SHA256SUMS."""
    whole = {"format": "amends-buyer-copy", "version": 1, "made_at": now, "merchant_id": found.merchant_id, "buyer_id": found.buyer_id, **found.parts, "cases": found.cases, "files": found.files}
    content = {"index.html": page(whole, language).encode(), "data.json": json.dumps(whole, ensure_ascii=False, indent=1, default=_plain).encode()}
    out, sums = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*content.items(), *((path, _bytes(pool, found.merchant_id, file_id)) for file_id, path in found.files.items())]:
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), data)
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
        archive.writestr(zipfile.ZipInfo("SHA256SUMS", now.timetuple()[:6]), "".join(sums))
    return out.getvalue()


def _bytes(pool: Pool, merchant: str, file_id: str) -> bytes:
    with scope(pool, UUID(merchant)) as conn:
        found = files.read(conn, merchant, file_id)
    return found.bytes if found else b""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _record_made(conn: buyer_erasures.Connection, by: By, now: datetime, ident: str, row: dict[str, Any], merchant: str) -> None:
    after = {"why": row["why"], "reference": row["reference"], "sha256": row["sha256"].hex(), "orders": row["orders"], "cases": row["cases"], "files": row["files"]}
    record(conn, by, now, "buyer_copy_made", ("buyer_copy", ident), after=after, merchant_id=merchant)

"""Making dossiers and keeping them (DI-10): a small one at once, a large one by the worker with its progress; the same content is kept once and shown again unaltered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import Gathered, gather
from amends.engine.dossier.paper import draw
from amends.engine.house import House
from amends.engine.ids import is_id, new_id
from amends.engine.reveal import PERMISSION
from amends.store import dossiers, files
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.dossiers import Fresh, Kept

FILES_AT_ONCE, BYTES_AT_ONCE, EVENTS_AT_ONCE = 30, 16 * 1024 * 1024, 400
"""What is drawn while somebody waits; anything larger is the worker's."""
TELLS_EVERY = 5


def make(house: House, by: By, merchant_id: str, case_id: str, copy: Copy, now: datetime, *, paper: bool = True) -> Kept | Refusal:
    """The dossier of a case as it stands now, for this copy. One of the same content is answered as it was made; who made a new one is on record.

    `paper` False: the document is enough, and its paper is drawn when somebody asks for it.

    Refusals: `not_there`, and `permission_missing` for a whole copy without leave to see personal data.
    """
    if copy.unmasked and (refusal := by.lacks(PERMISSION)):
        return refusal
    made_for = "" if copy.side == "buyer" else by.actor.name
    found = gather(house.pool, merchant_id, case_id, copy, house.secret, new_id(), now, made_for) if is_id(case_id) else None
    if found is None or (copy.side == "buyer" and found.buyer_id != by.actor.id):
        return Refusal("not_there")
    kept = _keep(house.pool, by, merchant_id, case_id, copy, found, now)
    if kept.failed:
        with scope(house.pool, by.scope) as conn:
            dossiers.begin_again(conn, merchant_id, kept.id)
    if paper and kept.made_at is None and _small(found):
        draw_one(house, merchant_id, kept.id)
        with scope(house.pool, by.scope) as conn:
            kept = dossiers.one(conn, merchant_id, kept.id) or kept
    return kept


def _keep(pool: Pool, by: By, merchant_id: str, case_id: str, copy: Copy, found: Gathered, now: datetime) -> Kept:
    content = bytes.fromhex(found.content)
    with scope(pool, by.scope) as conn:
        kept = dossiers.same(conn, merchant_id, case_id, copy.side, copy.unmasked, content)
        if kept is None:
            digest = hashlib.sha256(found.data).digest()
            kind = by.actor.party.value if by.actor.party.value in ("merchant", "buyer", "platform") else "system"
            fresh = Fresh(
                merchant_id, str(found.document["id"]), case_id, found.version, copy.side, copy.unmasked, content, found.data, digest, len(found.exhibits), kind, by.actor.id, by.actor.name, now,
            )
            if dossiers.add(conn, fresh):
                subject = (str(found.document["case"]["kind"]), case_id)
                after = {"number": found.document["case"]["number"], "copy": copy.side, "sha256": digest.hex(), "version": found.version}
                record(conn, by, now, "dossier_made_full" if copy.unmasked else "dossier_made", subject, after=after, merchant_id=merchant_id)
            kept = dossiers.same(conn, merchant_id, case_id, copy.side, copy.unmasked, content)
    assert kept is not None
    return kept


def _small(found: Gathered) -> bool:
    size = sum(e.size for e in found.exhibits)
    return len(found.exhibits) <= FILES_AT_ONCE and size <= BYTES_AT_ONCE and len(found.document["events"]) <= EVENTS_AT_ONCE


def draw_one(house: House, merchant_id: str, dossier_id: str) -> bool:
    """Draw the paper of one, if nobody else is at it; whether this call drew it. What goes wrong is written beside it and tried again by the worker."""
    pool, whose = house.pool, UUID(merchant_id)
    with scope(pool, whose) as conn:
        if not dossiers.claim(conn, merchant_id, dossier_id):
            return False
        data = dossiers.document(conn, merchant_id, dossier_id)
    assert data is not None
    try:
        pdf = draw(json.loads(data), data, reader(pool, merchant_id), _teller(pool, merchant_id, dossier_id))
    except Exception as error:
        with scope(pool, whose) as conn:
            dossiers.fail(conn, merchant_id, dossier_id, f"{type(error).__name__}: {error}")
        raise
    with scope(pool, whose) as conn:
        dossiers.finish(conn, merchant_id, dossier_id, pdf, hashlib.sha256(pdf).digest(), house.clock.now())
    return True


def reader(pool: Pool, merchant_id: str) -> Callable[[str], bytes | None]:
    """The bytes of this merchant's files by id."""

    def read(file_id: str) -> bytes | None:
        with scope(pool, UUID(merchant_id)) as conn:
            found = files.read(conn, merchant_id, file_id)
        return None if found is None else found.bytes

    return read


def _teller(pool: Pool, merchant_id: str, dossier_id: str) -> Callable[[int], None]:
    def told(n: int) -> None:
        if n % TELLS_EVERY == 0:
            with scope(pool, UUID(merchant_id)) as conn:
                dossiers.drawn(conn, merchant_id, dossier_id, n)

    return told


def any_waiting(house: House) -> bool:
    """Whether the worker has something to draw."""
    with scope(house.pool, PLATFORM) as conn:
        return dossiers.waiting(conn) is not None


def draw_waiting(house: House) -> int:
    """Draw the oldest that waits; 1 when there was one."""
    with scope(house.pool, PLATFORM) as conn:
        found = dossiers.waiting(conn)
    if found is None:
        return 0
    draw_one(house, *found)
    return 1

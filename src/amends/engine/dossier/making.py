"""Making dossiers and keeping them (DI-10): a small one at once, a large one by the worker with its progress; the same content is kept once and shown again unaltered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from amends.core.dossier import written
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.dossier.bundle import bundle, sums_of
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import Gathered, gather
from amends.engine.dossier.paper import b64, draw
from amends.engine.dossier.publishing import publish
from amends.engine.dossier.signature import ALGORITHM, Signer, said
from amends.engine.house import House
from amends.engine.ids import is_id, new_id
from amends.engine.reveal import PERMISSION
from amends.store import dossiers, files
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.dossiers import Fresh, Kept

FILES_AT_ONCE, BYTES_AT_ONCE, EVENTS_AT_ONCE = 30, 16 * 1024 * 1024, 400
"""What is drawn while somebody waits; anything larger is the worker's."""
TELLS_EVERY = 5
LANGUAGES = ("zh-CN", "en")
"""In which a paper can be had; the document below it is one and the same."""


def make(house: House, by: By, merchant_id: str, case_id: str, copy: Copy, now: datetime, *, paper: bool = True, language: str = "zh-CN") -> Kept | Refusal:
    """The dossier of a case as it stands now, for this copy, its paper in this language. One of the same content is answered as it was made; who made a new one is on record.

    `paper` False: the document is enough, and its paper is drawn when somebody asks for it.

    Refusals: `not_there`, and `permission_missing` for a whole copy without leave to see personal data.
    """
    if copy.unmasked and (refusal := by.lacks(PERMISSION)):
        return refusal
    made_for = "" if copy.side == "buyer" else by.actor.name
    found = gather(house.pool, merchant_id, case_id, copy, house.secret, new_id(), now, made_for) if is_id(case_id) else None
    if found is None or (copy.side == "buyer" and found.buyer_id != by.actor.id):
        return Refusal("not_there")
    kept = _keep(house, by, merchant_id, case_id, copy, found, now, language if language in LANGUAGES else LANGUAGES[0])
    if kept.failed:
        with scope(house.pool, by.scope) as conn:
            dossiers.begin_again(conn, merchant_id, kept.id)
    if paper and kept.made_at is None and _small(found):
        draw_one(house, merchant_id, kept.id)
        with scope(house.pool, by.scope) as conn:
            kept = dossiers.one(conn, merchant_id, kept.id) or kept
    return kept


def _keep(house: House, by: By, merchant_id: str, case_id: str, copy: Copy, found: Gathered, now: datetime, language: str) -> Kept:
    content = content_in(found.content, language)
    with scope(house.pool, by.scope) as conn:
        kept = dossiers.same(conn, merchant_id, case_id, copy.side, copy.unmasked, content)
    if kept is not None:
        return kept
    key = publish(house.pool, house.home, now)
    with scope(house.pool, by.scope) as conn:
        others = (dossiers.same(conn, merchant_id, case_id, copy.side, copy.unmasked, content_in(found.content, other)) for other in LANGUAGES if other != language)
        twin = next((one for one in others if one is not None and one.erased_at is None), None)
        data = (dossiers.document(conn, merchant_id, twin.id) if twin else None) or signed(found.document, key)
        digest = hashlib.sha256(data).digest()
        kind = by.actor.party.value if by.actor.party.value in ("merchant", "buyer", "platform") else "system"
        fresh = Fresh(
            merchant_id, new_id() if twin else str(found.document["id"]), case_id, found.version, copy.side, copy.unmasked, content, data, digest, len(found.exhibits), kind, by.actor.id, by.actor.name,
            now, language,
        )
        if dossiers.add(conn, fresh):
            subject = (str(found.document["case"]["kind"]), case_id)
            after = {"number": found.document["case"]["number"], "copy": copy.side, "sha256": digest.hex(), "version": found.version} | ({"language": language} if language != LANGUAGES[0] else {})
            record(conn, by, now, "dossier_made_full" if copy.unmasked else "dossier_made", subject, after=after, merchant_id=merchant_id)
        kept = dossiers.same(conn, merchant_id, case_id, copy.side, copy.unmasked, content)
    assert kept is not None
    return kept


def content_in(content: str, language: str) -> bytes:
    """Under what a dossier of this content is kept once: its digest, and for another language than Chinese that of both."""
    return bytes.fromhex(content) if language == LANGUAGES[0] else hashlib.sha256(f"{content}\n{language}".encode()).digest()


def signed(document: dict[str, Any], key: Signer) -> bytes:
    """The file of a sealed document, its seal signed by the house."""
    seal = document["seal"]
    value = b64(key.sign(said("json", seal["digest"])))
    document["seal"] = seal | {"signature": {"algorithm": ALGORITHM, "key": key.id, "public_key": b64(key.public), "value": value}}
    return written(document)


def zipped(pool: Pool, kept: Kept) -> IO[bytes] | None:
    """The ZIP of one whose paper is drawn; None while it is being drawn. An open file at its beginning."""
    with scope(pool, UUID(kept.merchant_id)) as conn:
        data, pdf = dossiers.document(conn, kept.merchant_id, kept.id), dossiers.paper(conn, kept.merchant_id, kept.id)
        signature = dossiers.signature(conn, kept.merchant_id, kept.id)
    return None if data is None or pdf is None else bundle(data, pdf, reader(pool, kept.merchant_id), signature)


def _small(found: Gathered) -> bool:
    size = sum(e.size for e in found.exhibits)
    return len(found.exhibits) <= FILES_AT_ONCE and size <= BYTES_AT_ONCE and len(found.document["events"]) <= EVENTS_AT_ONCE


def draw_one(house: House, merchant_id: str, dossier_id: str) -> bool:
    """Draw the paper of one, if nobody else is at it; whether this call drew it. What goes wrong is written beside it and tried again by the worker."""
    pool, whose = house.pool, UUID(merchant_id)
    with scope(pool, whose) as conn:
        if not dossiers.claim(conn, merchant_id, dossier_id):
            return False
        data, kept = dossiers.document(conn, merchant_id, dossier_id), dossiers.one(conn, merchant_id, dossier_id)
    assert data is not None
    assert kept is not None
    try:
        key = publish(pool, house.home, house.clock.now())
        pdf = draw(json.loads(data), data, reader(pool, merchant_id), _teller(pool, merchant_id, dossier_id), kept.language, key)
    except Exception as error:
        with scope(pool, whose) as conn:
            dossiers.fail(conn, merchant_id, dossier_id, f"{type(error).__name__}: {error}")
        raise
    with scope(pool, whose) as conn:
        dossiers.finish(conn, merchant_id, dossier_id, pdf, hashlib.sha256(pdf).digest(), house.clock.now(), (key.id, key.sign(sums_of(data, pdf))))
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

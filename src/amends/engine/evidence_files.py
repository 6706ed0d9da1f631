"""Evidence on its way in: pictures drawn again as photos are, documents and videos kept as they came; what a file is, its content tells (DI-5)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from amends.core.refusal import Refusal
from amends.engine.ids import new_id
from amends.engine.photos import BYTES_BELOW, reencode, say_size
from amends.store import files
from amends.store.connect import Pool, scope

DOCUMENT_AT_MOST = 10 * 1024 * 1024
VIDEO_AT_MOST = 30 * 1024 * 1024
MOST_BYTES = VIDEO_AT_MOST
"""The largest file there is."""
ACCEPTS = "image/jpeg,image/png,image/webp,application/pdf,video/mp4,video/webm"
"""What a file field offers; what comes is judged by its content all the same."""
EVIDENCE = frozenset({"add_evidence", "answer_question", "appeal", "reply", "follow_up", "carry_out", "resolve_ticket", "close_ticket", "decide_ticket", "refund_for_merchant"})
"""Commands whose files are evidence, or documents on a ticket (TI-6)."""

ACTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/RichMediaExecute"})
CARRIES = frozenset({"/JS", "/JavaScript", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"})
"""What a document must not bring: programs, files within, forms that send themselves."""
OBJECTS_AT_MOST = 100_000
_BRANDS = (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6")


def take_evidence(pool: Pool, merchant_id: str, data: bytes, uploaded_by: str, now: datetime, *, once: str = "", pictures_below: int = BYTES_BELOW) -> str | Refusal:
    """Keep a file and answer its id, to be named in a command; or say why not, about the field `photos`.

    `once` (a UUID, the command id of the form) makes the id the same when the same form brings the same file again (SO-23).
    """
    found = judged(data, pictures_below)
    if isinstance(found, Refusal):
        return found
    media_type, kept = found
    file_id = str(uuid5(UUID(once), hashlib.sha256(data).hexdigest())) if once else new_id()
    with scope(pool, UUID(merchant_id)) as conn:
        files.add(conn, merchant_id, file_id, hashlib.sha256(kept).digest(), media_type, kept, uploaded_by, now)
    return file_id


def judged(data: bytes, pictures_below: int = BYTES_BELOW) -> tuple[str, bytes] | Refusal:
    """Media type and the bytes to keep: a picture drawn again, a document or video unaltered. Or why not."""
    if not data:
        return Refusal("evidence_empty", field="photos")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _too_big(data, DOCUMENT_AT_MOST) or _document(data)
    if data[4:8] == b"ftyp" or data.startswith(b"\x1a\x45\xdf\xa3"):
        return _too_big(data, VIDEO_AT_MOST) or _video(data)
    if len(data) >= pictures_below and _is_picture(data):
        return Refusal("photo_too_big", {"most": say_size(pictures_below), "now": say_size(len(data))}, "photos")
    return reencode(data, pictures_below) if _is_picture(data) else Refusal("evidence_kind", field="photos")


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _too_big(data: bytes, most: int) -> Refusal | None:
    return Refusal("evidence_too_big", {"most": say_size(most), "now": say_size(len(data))}, "photos") if len(data) > most else None


def _document(data: bytes) -> tuple[str, bytes] | Refusal:
    """A document that can be read to its end and does nothing by itself."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return Refusal("evidence_locked", field="photos")
        if not len(reader.pages):
            return Refusal("evidence_broken", field="photos")
        acts = any(_acts(thing) for thing in _dictionaries(reader))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError, OSError, NotImplementedError, AssertionError):
        return Refusal("evidence_broken", field="photos")
    return Refusal("evidence_acts", field="photos") if acts else ("application/pdf", data)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from the document's root, each object once. Raises ValueError for a document of too many parts."""
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer]
    for _ in range(OBJECTS_AT_MOST * 4):
        if not waiting:
            return
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            yield thing
            waiting.extend(thing.raw_get(name) for name in thing)
        elif isinstance(thing, ArrayObject):
            waiting.extend(list.__iter__(thing))
    raise ValueError("a document of too many parts")


def _acts(thing: DictionaryObject) -> bool:
    """Whether a part brings a program, a file or an action of its own."""
    if any(name in CARRIES for name in thing):
        return True
    return any(str(thing.raw_get(name)) in ACTS | CARRIES for name in ("/S", "/Type", "/Subtype") if name in thing and not isinstance(thing.raw_get(name), IndirectObject))


def _video(data: bytes) -> tuple[str, bytes] | Refusal:
    """A video whose container can be walked from box to box."""
    if data[4:8] == b"ftyp":
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(int.from_bytes(data[:4], "big"), 256), 4))}
        whole = brands & set(_BRANDS) and {b"moov"} <= _boxes(data) and _boxes(data) & {b"mdat", b"moof"}
        return ("video/mp4", data) if whole else Refusal("evidence_video", field="photos")
    return ("video/webm", data) if b"\x42\x82" in data[:64] and b"webm" in data[:64] and b"\x18\x53\x80\x67" in data[:4096] else Refusal("evidence_video", field="photos")


def _boxes(data: bytes) -> set[bytes]:
    """The names of the outermost boxes; empty where a box goes beyond the end."""
    at, found = 0, set()
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        if size < 8 or at + size > len(data):
            return set()
        found.add(name)
        at += size
    return found

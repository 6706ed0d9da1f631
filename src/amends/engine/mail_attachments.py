"""What came with a mail: pictures are drawn again as photos are (SO-1), documents are kept if they are what they say, everything else is refused by name.

The message itself stays whole (store/mails.py), so nothing is lost by a refusal; it is only not handed on.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from amends.core.mail.reading import Attached
from amends.core.refusal import Refusal
from amends.engine import evidence_files
from amends.engine.photos import BYTES_BELOW, reencode, say_size
from amends.store import audit, mails

DOCUMENT_BELOW = 10 * 1024 * 1024
PICTURE_BELOW = 20 * 1024 * 1024
AT_MOST = 30
_SMALL_INLINE = 4 * 1024
"""Pictures drawn into the text below this size are logos and rulers of a signature, not something that is shown."""
_OFFICE = {"word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
           "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
           "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx")}
_MACROS = ("vbaproject.bin", "activex")
_TEXTS = (".txt", ".csv", ".log", ".md")


@dataclass(frozen=True, slots=True)
class File:
    """One attachment as it was taken or refused: the name it came with, the kept file's id, type and size; or `refused`: a code, and what it has to say."""

    name: str
    file: str = ""
    media_type: str = ""
    size: int = 0
    refused: str = ""
    most: str = ""

    @property
    def picture(self) -> bool:
        """Whether it was kept as a picture."""
        return self.media_type.startswith("image/")


def take(conn: audit.Connection, merchant: str, mail_id: str, attached: list[Attached], now: datetime) -> list[File]:
    """Keep what may be kept, in the caller's transaction; it is bound to the ticket by what is said there; the same mail again changes nothing. Answers all of them, the refused ones too."""
    out: list[File] = []
    for n, one in enumerate(attached):
        if one.inline and len(one.data) < _SMALL_INLINE:
            continue
        if len(out) >= AT_MOST:
            out.append(File(name_of(one, n, ""), refused="many", most=str(AT_MOST)))
            continue
        found = judged(one)
        if isinstance(found, Refused):
            out.append(File(name_of(one, n, ""), size=len(one.data), refused=found.code, most=found.most))
            continue
        media_type, data, ending = found
        file_id = str(uuid5(UUID(mail_id), f"{n}:{hashlib.sha256(one.data).hexdigest()}"))
        mails.add_file(conn, merchant, file_id, media_type, data, f"mail:{mail_id}", now)
        out.append(File(name_of(one, n, ending), file_id, media_type, len(data)))
    return out


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an attachment is not handed on: empty, large, kind (not one we take), acts (a PDF with programs or files in it), macros, broken."""

    code: str
    most: str = ""


def judged(one: Attached) -> tuple[str, bytes, str] | Refused:
    """(media type, bytes, usual ending) by the content, never by name or claim; or why not."""
    data = one.data
    if not data:
        return Refused("empty")
    if _is_picture(data):
        if len(data) >= PICTURE_BELOW:
            return Refused("large", say_size(PICTURE_BELOW))
        drawn = reencode(data, BYTES_BELOW)
        return Refused("broken") if isinstance(drawn, Refusal) else (drawn[0], drawn[1], "." + drawn[0].split("/")[1].replace("jpeg", "jpg"))
    if len(data) >= DOCUMENT_BELOW:
        return Refused("large", say_size(DOCUMENT_BELOW))
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return Refused("acts") if isinstance(evidence_files.judged(data), Refusal) else ("application/pdf", data, ".pdf")
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if one.name.lower().endswith(_TEXTS) and b"\x00" not in data[:4096]:
        return "text/plain", data, ".txt"
    return Refused("kind")


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _office(data: bytes) -> tuple[str, bytes, str] | Refused:
    """A document of an office program, told by what is in it; without programs of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [n.lower() for n in archive.namelist()[:5000]]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Refused("broken")
    if any(mark in name for name in names for mark in _MACROS):
        return Refused("macros")
    found = next((kind for part, kind in _OFFICE.items() if part in names), None)
    return (found[0], data, found[1]) if found else Refused("kind")


def name_of(one: Attached, n: int, ending: str) -> str:
    """The name it was given, or its number."""
    return one.name or f"{n + 1}{ending}"

"""Verifying a dossier file (DI-10): JSON, PDF with its attachment, or ZIP. Every digest is computed again; what is not as it was made is named."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from amends.core.dossier import digest
from amends.core.dossier_check import Finding, check, read
from amends.engine.dossier.bundle import MARK, SEALED, SUMS

PDF_MARK = b"%amends-dossier SHA-256 "
ATTACHED = "dossier.json"


@dataclass(slots=True)
class Verified:
    """What was found: the document (None where none can be read), findings (empty: all is as it was made), digests by file, and how many were compared."""

    document: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def verify(path: Path) -> Verified:
    """Verify a file by what it is, whatever it is called. OSError when it cannot be read."""
    data = path.read_bytes()
    if data[:4] == b"PK\x03\x04":
        return _zip(data, path.name)
    if data[:5] == b"%PDF-":
        return _pdf(data, path.name)
    return _json(data, path.name)


def _json(data: bytes, name: str) -> Verified:
    return Verified(read(data), check(data, name), {name: digest(data)})


def _pdf(data: bytes, name: str) -> Verified:
    """The digest behind the paper, then the document attached to it."""
    out = Verified(digests={name: digest(data)})
    end = data.rfind(PDF_MARK)
    if end < 0 or data[end + len(PDF_MARK) :] != digest(data[:end]).encode() + b"\n":
        out.findings.append(Finding(name, "PDF 的内容被改过", "the PDF was changed"))
    attached = _attached(data)
    if attached is None:
        out.findings.append(Finding(name, f"没有附件 {ATTACHED}，或附件读不出", f"there is no attachment {ATTACHED}, or it cannot be read"))
        return out
    inside = _json(attached, f"{name}#{ATTACHED}")
    out.document, out.digests = inside.document, out.digests | inside.digests
    out.findings += inside.findings
    return out


def _attached(data: bytes) -> bytes | None:
    try:
        found = PdfReader(io.BytesIO(data)).attachments.get(ATTACHED) or []
        return bytes(found[0]) if found else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, zlib.error, RecursionError):
        return None


def _zip(data: bytes, name: str) -> Verified:
    """The archive's own seal, each file against SHA256SUMS, the evidence against the document, and the paper's attachment against it too."""
    out = Verified(digests={name: digest(data)})
    if data[-SEALED : -SEALED + len(MARK)] != MARK or data[-64:] != hashlib.sha256(data[:-SEALED]).hexdigest().encode():
        out.findings.append(Finding(name, "压缩包与其封印不符", "the archive is not as its seal says"))
    inside, broken = _members(data)
    out.findings += [Finding(m, "读不出，压缩包损坏", "cannot be read: the archive is damaged") for m in broken]
    lines = [line.split("  ", 1) for line in inside.get(SUMS, b"").decode("utf-8", "replace").splitlines()]
    sums = {line[1]: line[0] for line in lines if len(line) == 2}
    for member in sorted(sums.keys() | (inside.keys() - {SUMS})):
        if member not in inside:
            out.findings += [] if member in broken else [Finding(member, "文件不在压缩包中", "the file is not in the archive")]
        elif member not in sums:
            out.findings.append(Finding(member, "SHA256SUMS 中没有这个文件", "the file is not in SHA256SUMS"))
        elif digest(inside[member]) != sums[member]:
            out.findings.append(Finding(member, "与 SHA256SUMS 不符，文件被改过", "not as SHA256SUMS says: the file was changed"))
    out.digests |= {member: digest(content) for member, content in sorted(inside.items()) if member != SUMS}
    return _together(out, inside, broken)


def _members(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    inside: dict[str, bytes] = {}
    broken: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                try:
                    inside[entry.filename] = archive.read(entry)
                except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
                    broken.append(entry.filename)
    except (zipfile.BadZipFile, OSError, ValueError):
        broken.append("*")
    return inside, broken


def _together(out: Verified, inside: dict[str, bytes], broken: list[str]) -> Verified:
    if "dossier.json" in inside:
        told = _json(inside["dossier.json"], "dossier.json")
        out.document = told.document
        out.findings += told.findings
    elif "dossier.json" not in broken:
        out.findings.append(Finding("dossier.json", "压缩包中没有卷宗", "there is no dossier in the archive"))
    if "dossier.pdf" in inside:
        paper = _pdf(inside["dossier.pdf"], "dossier.pdf")
        out.findings += paper.findings
        if "dossier.json" in inside and _attached(inside["dossier.pdf"]) not in (None, inside["dossier.json"]):
            out.findings.append(Finding("dossier.pdf", "附件与 dossier.json 不是同一份", "its attachment is not the dossier.json beside it"))
    for exhibit in (out.document or {}).get("evidence") or ():
        path, content = exhibit["path"], inside.get(exhibit["path"])
        if content is None:
            out.findings += [] if path in broken else [Finding(path, "卷宗所列的证据不在压缩包中", "evidence that the dossier lists is not in the archive")]
        elif digest(content) != exhibit["sha256"]:
            out.findings.append(Finding(path, "与卷宗所记的 SHA-256 不符，证据被换过", "not as the dossier says: the evidence was exchanged"))
    return out

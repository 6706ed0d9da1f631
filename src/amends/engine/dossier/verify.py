"""Verifying a dossier file (DI-10): JSON, PDF with its attachment, or ZIP. Every digest and every signature is computed again; what is not as it was made is named.

A signature says which key signed. Whose key that is says the page on which the house publishes its keys, or the file of keys that is given.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from amends.core.dossier import digest
from amends.core.dossier_check import Finding, check, read
from amends.engine.dossier.bundle import KEY, MARK, SEALED, SIGNATURE, SUMS
from amends.engine.dossier.signature import id_of, public_of, said, valid

PDF_MARK = b"%amends-dossier SHA-256 "
_TAIL = re.compile(rb"([0-9a-f]{64})\n(?:%amends-dossier Ed25519 ([A-Za-z0-9+/]{43}=) ([A-Za-z0-9+/]{86}==)\n)?")
SIGNED_SINCE = 2
"""The version of the document since which the house signs; one without a signature has lost it."""
ATTACHED = "dossier.json"


@dataclass(slots=True)
class Verified:
    """What was found: the document (None where none can be read), findings (empty: all is as it was made), digests by file, and how many were compared."""

    document: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    """Digests of the document and of the paper, by which the house knows what it made."""
    signatures: dict[str, bytes] = field(default_factory=dict)
    """Signatures that are good: what was signed, and the public key."""

    @property
    def keys(self) -> set[str]:
        """Ids of the keys that signed; empty: it is not signed."""
        return {id_of(public) for public in self.signatures.values()}

    def held_against(self, published: set[bytes]) -> None:
        """Whose signature it is: only one of these public keys counts."""
        strange = {name for name, public in self.signatures.items() if public not in published}
        self.findings += [Finding(name, "签名的密钥不在给出的公钥之中", "signed with a key that is not among those given") for name in sorted(strange)]
        if not self.signatures:
            self.findings.append(Finding("*", "没有签名，无法确认由谁制作", "not signed, so who made it cannot be told"))

    def take(self, name: str, public: bytes | None, signature: bytes, message: bytes) -> None:
        """A signature: kept if it is good, a finding if it is not."""
        if public is not None and valid(public, signature, message):
            self.signatures[name] = public
        else:
            self.findings.append(Finding(name, "签名与内容不符", "the signature does not fit what it stands on"))


def verify(path: Path) -> Verified:
    """Verify a file by what it is, whatever it is called. OSError when it cannot be read."""
    data = path.read_bytes()
    if data[:4] == b"PK\x03\x04":
        return _zip(data, path.name)
    if data[:5] == b"%PDF-":
        return _pdf(data, path.name)
    return _json(data, path.name)


def _json(data: bytes, name: str) -> Verified:
    """Its digests, and the signature over its seal."""
    out = Verified(read(data), check(data, name), {name: digest(data)}, [digest(data)])
    if out.document is None:
        return out
    seal = out.document["seal"]
    given = seal.get("signature")
    if given is not None:
        public = _bytes(given, "public_key")
        fits = isinstance(given, dict) and given.get("algorithm") == "Ed25519" and public is not None and given.get("key") == id_of(public)
        out.take(name, public if fits else None, _bytes(given, "value") or b"", said("json", str(seal.get("digest"))))
    elif out.document["version"] >= SIGNED_SINCE:
        out.findings.append(Finding(name, "本应有的签名不在了", "the signature it should have is gone"))
    return out


def _bytes(given: Any, name: str) -> bytes | None:
    try:
        return base64.b64decode(given[name], validate=True)
    except (KeyError, TypeError, ValueError):
        return None


def _signed(document: dict[str, Any] | None) -> bool:
    """Whether what comes with this document is signed too."""
    return document is not None and document["version"] >= SIGNED_SINCE


def _pdf(data: bytes, name: str) -> Verified:
    """The digest and the signature behind the paper, then the document attached to it."""
    out = Verified(digests={name: digest(data)}, made=[digest(data)])
    end = data.rfind(PDF_MARK)
    tail = _TAIL.fullmatch(data[end + len(PDF_MARK) :]) if end >= 0 else None
    if tail is None or tail[1] != digest(data[:end]).encode():
        out.findings.append(Finding(name, "PDF 的内容被改过", "the PDF was changed"))
    elif tail[2]:
        out.take(name, base64.b64decode(tail[2]), base64.b64decode(tail[3]), said("pdf", tail[1].decode()))
    attached = _attached(data)
    if attached is None:
        out.findings.append(Finding(name, f"没有附件 {ATTACHED}，或附件读不出", f"there is no attachment {ATTACHED}, or it cannot be read"))
        return out
    inside = _json(attached, f"{name}#{ATTACHED}")
    out.document, out.digests, out.made = inside.document, out.digests | inside.digests, [*inside.made, *out.made]
    out.findings += inside.findings
    if _signed(inside.document) and tail is not None and not tail[2]:
        out.findings.append(Finding(name, "本应有的签名不在了", "the signature it should have is gone"))
    out.signatures |= inside.signatures
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
    inside, broken, twice = _members(data)
    out.findings += [Finding(m, "读不出，压缩包损坏", "cannot be read: the archive is damaged") for m in broken]
    out.findings += [Finding(m, "压缩包中同名文件不止一个，解开后看到的未必是核验的那个", "the archive has several files of this name: what is unpacked need not be what was verified") for m in twice]
    lines = [line.split("  ", 1) for line in inside.get(SUMS, b"").decode("utf-8", "replace").splitlines()]
    sums = {line[1]: line[0] for line in lines if len(line) == 2}
    for member in sorted(sums.keys() | (inside.keys() - {SUMS, SIGNATURE, KEY})):
        if member not in inside:
            out.findings += [] if member in broken else [Finding(member, "文件不在压缩包中", "the file is not in the archive")]
        elif member not in sums:
            out.findings.append(Finding(member, "SHA256SUMS 中没有这个文件", "the file is not in SHA256SUMS"))
        elif digest(inside[member]) != sums[member]:
            out.findings.append(Finding(member, "与 SHA256SUMS 不符，文件被改过", "not as SHA256SUMS says: the file was changed"))
    out.digests |= {member: digest(content) for member, content in sorted(inside.items()) if member not in (SUMS, SIGNATURE, KEY)}
    if SIGNATURE in inside or KEY in inside:
        out.take(SUMS, public_of(inside.get(KEY, b"")), inside.get(SIGNATURE, b""), inside.get(SUMS, b""))
    out = _together(out, inside, broken)
    if _signed(out.document) and SIGNATURE not in inside and SIGNATURE not in broken:
        out.findings.append(Finding(SIGNATURE, "本应有的签名不在了", "the signature it should have is gone"))
    return out


def _members(data: bytes) -> tuple[dict[str, bytes], list[str], list[str]]:
    """Files by name, names that cannot be read, and names that are there more than once."""
    inside: dict[str, bytes] = {}
    broken: list[str] = []
    names: Counter[str] = Counter()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                names[entry.filename] += 1
                try:
                    inside[entry.filename] = archive.read(entry)
                except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
                    broken.append(entry.filename)
    except (zipfile.BadZipFile, OSError, ValueError):
        broken.append("*")
    return inside, broken, [name for name, times in names.items() if times > 1]


def _together(out: Verified, inside: dict[str, bytes], broken: list[str]) -> Verified:
    out.made = [digest(inside[name]) for name in ("dossier.json", "dossier.pdf") if name in inside]
    if "dossier.json" in inside:
        told = _json(inside["dossier.json"], "dossier.json")
        out.document = told.document
        out.findings += told.findings
        out.signatures |= told.signatures
    elif "dossier.json" not in broken:
        out.findings.append(Finding("dossier.json", "压缩包中没有卷宗", "there is no dossier in the archive"))
    if "dossier.pdf" in inside:
        paper = _pdf(inside["dossier.pdf"], "dossier.pdf")
        out.findings += paper.findings
        out.signatures |= {name: public for name, public in paper.signatures.items() if name == "dossier.pdf"}
        if "dossier.json" in inside and _attached(inside["dossier.pdf"]) not in (None, inside["dossier.json"]):
            out.findings.append(Finding("dossier.pdf", "附件与 dossier.json 不是同一份", "its attachment is not the dossier.json beside it"))
    try:
        out.findings += [wrong for exhibit in (out.document or {}).get("evidence") or () if (wrong := _exhibit(exhibit, inside, broken))]
    except (KeyError, TypeError):
        out.findings.append(Finding("dossier.json", "证据清单残缺", "the list of evidence is damaged"))
    return out


def _exhibit(exhibit: dict[str, Any], inside: dict[str, bytes], broken: list[str]) -> Finding | None:
    path, content = exhibit["path"], inside.get(exhibit["path"])
    if content is None:
        return None if path in broken else Finding(path, "卷宗所列的证据不在压缩包中", "evidence that the dossier lists is not in the archive")
    if digest(content) != exhibit["sha256"]:
        return Finding(path, "与卷宗所记的 SHA-256 不符，证据被换过", "not as the dossier says: the evidence was exchanged")
    return None

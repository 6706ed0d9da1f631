"""The ZIP of a dossier (DI-10): dossier.pdf, dossier.json, the evidence as it is kept, SHA256SUMS with the house's signature over it, and the public key. The same dossier makes the same bytes."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from amends.engine.dossier.signature import pem

SUMS, SIGNATURE, KEY = "SHA256SUMS", "SHA256SUMS.sig", "signing-key.pem"
MARK = b"amends-dossier SHA-256 "
SEALED = len(MARK) + 64
IN_MEMORY = 8 * 1024 * 1024
PIECE = 1024 * 1024


def sums_of(data: bytes, pdf: bytes) -> bytes:
    """SHA256SUMS as it is signed: the document, the paper, and every exhibit that the document names."""
    named = [(hashlib.sha256(data).hexdigest(), "dossier.json"), (hashlib.sha256(pdf).hexdigest(), "dossier.pdf"), *((e["sha256"], e["path"]) for e in json.loads(data)["evidence"])]
    return "".join(f"{sha256}  {name}\n" for sha256, name in named).encode()


def bundle(data: bytes, pdf: bytes, read: Callable[[str], bytes | None], signed: tuple[bytes, bytes] | None = None) -> IO[bytes]:
    """An open file at its beginning, on disk when it is large. A file that is gone is left out, and verifying names it. `signed`: public key and signature over `sums_of`; None for one made before signatures.

    The archive's comment is the SHA-256 of every byte before it.
    """
    document: dict[str, Any] = json.loads(data)
    when = datetime.fromisoformat(document["made_at"]).timetuple()[:6]
    sums: list[str] = []
    out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(out, "w") as archive:
        def put(name: str, content: bytes, *, squeeze: bool = False) -> None:
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

        put("dossier.json", data, squeeze=True)
        put("dossier.pdf", pdf)
        for exhibit in document["evidence"]:
            if (content := read(exhibit["id"])) is not None:
                put(exhibit["path"], content)
        last = {SUMS: sums_of(data, pdf) if signed else "".join(sums).encode()} | ({SIGNATURE: signed[1], KEY: pem(signed[0]).encode()} if signed else {})
        for name, content in last.items():
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
        archive.comment = MARK + b"0" * 64
    _seal(out)
    return out


def _seal(out: IO[bytes]) -> None:
    """Write the digest of everything before the comment into the comment."""
    out.seek(0, 2)
    end = out.tell() - SEALED
    out.seek(0)
    found, left = hashlib.sha256(), end
    while left > 0 and (piece := out.read(min(PIECE, left))):
        found.update(piece)
        left -= len(piece)
    out.seek(end + len(MARK))
    out.write(found.hexdigest().encode())
    out.seek(0)

"""A file as it arrived: its bytes, unpacked when gzipped, and what it is by its first bytes, whatever its name says."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from amends.core.refusal import Refusal

Format = Literal["csv", "xlsx", "jsonl"]
# What unpacks to more is taken for a bomb. Order files of a million rows are a tenth of it.
MOST_UNPACKED = 2 * 2**30
_CHUNK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Exception):
    """A file that cannot be read at all; carries the refusal for whoever sent it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.say("en"))
        self.refusal = refusal


@dataclass(slots=True)
class Source:
    """One file by name, on disk or in memory."""

    name: str
    path: Path | None = None
    content: bytes | None = None

    def raw(self) -> BinaryIO:
        """The bytes as they arrived."""
        return self.path.open("rb") if self.path is not None else io.BytesIO(self.content or b"")

    def open(self) -> BinaryIO:
        """The bytes, unpacked if gzipped. Raises Unreadable for a gzip file that is not whole when it is read to the end by `whole`."""
        raw = self.raw()
        head = raw.read(2)
        raw.seek(0)
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), _CHUNK) if head == b"\x1f\x8b" else raw

    def whole(self) -> None:
        """Read it once to the end. Raises Unreadable when it is damaged or unpacks to more than MOST_UNPACKED."""
        size = 0
        try:
            with self.open() as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > MOST_UNPACKED:
                        raise Unreadable(Refusal("file_unpacks_too_large", {"name": self.name}))
        except (OSError, EOFError, zlib.error) as trouble:
            raise Unreadable(Refusal("file_damaged", {"name": self.name})) from trouble
        if size == 0:
            raise Unreadable(Refusal("file_empty", {"name": self.name}))

    def format(self) -> Format:
        """XLSX is a zip archive, JSON Lines begins with a brace, all else is CSV. Raises Unreadable for what is neither."""
        with self.open() as stream:
            head = stream.read(4096)
        if head.startswith(b"PK"):
            self._check_workbook()
            return "xlsx"
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise Unreadable(Refusal("old_workbook", {"name": self.name}))
        text = head.removeprefix(codecs.BOM_UTF8).lstrip()
        if text.startswith(b"{"):
            return "jsonl"
        if head.count(0) > len(head) // 50 and not head.startswith(_UTF16):
            raise Unreadable(Refusal("file_unknown", {"name": self.name}))
        return "csv"

    def _check_workbook(self) -> None:
        with self.open() as stream:
            try:
                with zipfile.ZipFile(io.BytesIO(stream.read())) as archive:
                    parts = archive.infolist()
            except zipfile.BadZipFile as trouble:
                raise Unreadable(Refusal("file_damaged", {"name": self.name})) from trouble
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable(Refusal("file_unpacks_too_large", {"name": self.name}))
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise Unreadable(Refusal("file_unknown", {"name": self.name}))

    def encoding(self) -> str:
        """utf-16 by its mark, utf-8 (with or without one) if every byte fits it, else gb18030 if that fits, else utf-8 with some damaged rows."""
        with self.open() as stream:
            if stream.read(2) in _UTF16:
                return "utf-16"
        for name in ("utf-8-sig", "gb18030"):
            if self._fits(name):
                return name
        return "utf-8-sig"

    def _fits(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        with self.open() as stream:
            try:
                while chunk := stream.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return False
        return True

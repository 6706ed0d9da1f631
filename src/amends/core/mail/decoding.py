"""Headers, names and bodies as people typed them, whatever mail program wrote them down: GBK without a label, cut encoded words, RFC 2231."""

from __future__ import annotations

import re
from email._policybase import Compat32
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030", "hz-gb-2312": "hz", "utf8": "utf-8", "utf-8mb4": "utf-8", "big5": "big5hkscs",
              "iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso-8859-8"}
"""Charsets that are written narrower than what stands in the message: the wider one reads both."""
_GUESSES = ("utf-8", "gb18030")
_LONGEST = 8_000
_ADDRESSES = 20_000
_HEADERS = 50
_COMMENTS = 50
"""Letters that are read of a header's text, and of one with addresses; and comments within comments, which nobody writes and the parser goes down into one by one."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Tolerant(Compat32):
    """Messages as they come: bytes in headers that nobody labelled are read as UTF-8, else as GB18030, instead of being lost."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """The header as text, still with its encoded words."""
        text = str(value)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return guessed(text.encode("ascii", "surrogateescape") if not any(0x7F < ord(c) < 0xDC80 for c in text) else text.encode("utf-8", "replace"))
        return text


POLICY = Tolerant()


def readable(data: bytes, charset: str | None = None) -> str:
    """Bytes as text: the charset they name or its superset, else a guess; never fails."""
    named = (charset or "").strip().strip("\"'").lower()
    named = _SUPERSETS.get(named, named)
    if named and named != "unknown-8bit":
        try:
            return data.decode(named)
        except (LookupError, ValueError):
            pass
    return guessed(data)


def guessed(data: bytes) -> str:
    """Bytes without a label: UTF-8 if they are that, GB18030 if they can be, else with signs for what is lost."""
    for charset in _GUESSES:
        try:
            return data.decode(charset)
        except UnicodeError:
            continue
    return data.decode("utf-8", "replace")


def words(value: str | None) -> str:
    """A header's text with its encoded words read, in one line, without control signs."""
    if not value:
        return ""
    value = value[:_LONGEST]
    try:
        parts = decode_header(re.sub(r"\r?\n[ \t]*", " ", value))
    except (ValueError, LookupError, MessageError):
        parts = [(value, None)]
    text = "".join(part if isinstance(part, str) else readable(part, charset) for part, charset in parts)
    return re.sub(r"\s+", " ", _CONTROL.sub("", text)).strip()


def clean(text: str) -> str:
    """A body without control signs, with plain line ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u3000", "  "))


def addresses(message: Message, *names: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of every address in these headers, in their order, each once."""
    found: dict[str, str] = {}
    for name, address in _parsed([str(v)[:_ADDRESSES] for header in names for v in message.get_all(header, [])][:_HEADERS]):
        plain = words(address).lower().strip()
        if "@" in plain and " " not in plain and plain not in found:
            found[plain] = words(name)
    return [(name, address) for address, name in found.items()]


def _parsed(values: list[str]) -> list[tuple[str, str]]:
    """Each header on its own, so that one made to break the parser takes no other with it."""
    out: list[tuple[str, str]] = []
    for value in values:
        if value.count("(") > _COMMENTS:
            continue
        try:
            out += getaddresses([value])
        except (RecursionError, ValueError, IndexError):
            continue
    return out


def file_name(part: Message) -> str:
    """The name an attachment was given, without folders; empty if it has none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(parameter, None, header)
        except (ValueError, TypeError):
            continue
        if isinstance(value, tuple):
            value = readable(value[2].encode("raw-unicode-escape"), value[0])
        if value:
            name = words(str(value)).replace("\\", "/").rsplit("/", 1)[-1].strip(". ")
            return name[:120]
    return ""

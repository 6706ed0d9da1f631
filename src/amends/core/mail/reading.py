"""A message of RFC 5322 read: who, to whom, about what, its words and attachments, and what kind of mail it is."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum

from amends.core.mail.bounces import Bounce, bounce_in
from amends.core.mail.decoding import POLICY, addresses, clean, file_name, readable, words
from amends.core.mail.html_text import html_to_text
from amends.core.mail.quotes import said_in

PARTS_AT_MOST = 200
DEEPEST = 20
HEADERS_AT_MOST = 256 * 1024
LINES_OF_PARTS = 20_000
"""Lines that may begin a part; a message with more is made to keep us busy and is read by its beginning only."""
TEXT_AT_MOST = 100_000
_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_AUTO_SUBJECT = re.compile(r"^\s*(?:自动回复|自動回復|自动答复|自动应答|Automatic reply|Auto(?:matic)?[- ]?reply|Autoreply|Out of (?:the )?office|Réponse automatique|Automatische Antwort)\s*(?:[:：]|$)", re.IGNORECASE)


class Kind(StrEnum):
    """What kind of mail: a person's, a machine's answer, a machine's own, a list's, a report of non-delivery."""

    MAIL = "mail"
    AUTO_REPLY = "auto_reply"
    GENERATED = "generated"
    LIST = "list"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a mail: the name it was given, the type it claims, its bytes, whether it was drawn inside the text."""

    name: str
    claims: str
    data: bytes
    inline: bool


@dataclass(slots=True)
class Read:
    """A mail as read. `said` is `text` without history and signature; ids keep their angle brackets; addresses are (name, address)."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: tuple[str, str]
    reply_to: str
    to: list[tuple[str, str]]
    delivered_to: list[str]
    subject: str
    dated: datetime | None
    text: str
    said: str
    kind: Kind
    bounce: Bounce | None
    house: str
    attached: list[Attached] = field(default_factory=list)


def read(raw: bytes) -> Read:
    """Read a message; whatever is wrong with it, something comes out of it: its header at least, when its parts stand within each other deeper than anybody can go."""
    try:
        return _read(raw if raw.count(b"\n--") < LINES_OF_PARTS else raw[:HEADERS_AT_MOST])
    except (RecursionError, MemoryError):
        return _read(_without_parts(raw))


def _read(raw: bytes) -> Read:
    message = email.message_from_bytes(raw, policy=POLICY)
    plain, html, attached = _leaves(message)
    plain, html = plain[:TEXT_AT_MOST], html[:2 * TEXT_AT_MOST]
    text = clean(plain) if plain.strip() else html_to_text(clean(html))
    said = said_in(html_to_text(clean(html)) if _quotes_only_in_html(plain, html) else text)
    bounce = bounce_in(message, text, raw[:400_000].decode("latin-1"))
    return Read(
        next(iter(_ids(message, "Message-ID")), ""), _ids(message, "In-Reply-To"), _ids(message, "References"), next(iter(addresses(message, "From", "Sender")), ("", "")),
        next(iter(addresses(message, "Reply-To")), ("", ""))[1], addresses(message, "To", "Cc"), [a for _, a in addresses(message, "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")],
        words(_one(message, "Subject"))[:500], _date(message), text[:TEXT_AT_MOST], said[:TEXT_AT_MOST], Kind.BOUNCE if bounce else _kind(message), bounce,
        words(_one(message, "X-Amends-House")), attached,
    )


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is on the outside of a message: its Message-ID, and every address it was delivered or written to, the surest first."""

    message_id: str
    recipients: tuple[str, ...]


def envelope(raw: bytes) -> Envelope:
    """The outside of a message, from its header only."""
    message = email.message_from_bytes(_header(raw), policy=POLICY)
    found = addresses(message, "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
    return Envelope(next(iter(_ids(message, "Message-ID")), ""), tuple(address for _, address in found))


def _header(raw: bytes) -> bytes:
    return raw[:HEADERS_AT_MOST].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0] + b"\n\n"


def _without_parts(raw: bytes) -> bytes:
    """The header without what it says about a body: a message of no words."""
    return re.sub(rb"(?im)^content-[^\n]*\n(?:[ \t][^\n]*\n)*", b"", _header(raw))


def _one(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _ids(message: Message, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(" ".join(str(v) for v in message.get_all(name, [])))))[-60:]


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_one(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)  # "-0000": the instant is UTC, the place unknown (RFC 5322 3.3)


def _kind(message: Message) -> Kind:
    submitted = words(_one(message, "Auto-Submitted")).split(";")[0].strip().lower()
    precedence = words(_one(message, "Precedence")).lower()
    answers = bool(message.get("In-Reply-To") or message.get("References"))
    if (
        submitted == "auto-replied" or precedence == "auto_reply" or any(message.get(h) for h in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or _AUTO_SUBJECT.match(words(_one(message, "Subject"))) or (message.get("X-Auto-Response-Suppress") and answers)
    ):
        return Kind.AUTO_REPLY
    if message.get("List-Id") or message.get("List-Unsubscribe") or precedence in ("bulk", "list", "junk"):
        return Kind.LIST
    if (submitted and submitted != "no") or message.get("X-Auto-Response-Suppress"):
        return Kind.GENERATED
    return Kind.MAIL


def _leaves(message: Message) -> tuple[str, str, list[Attached]]:
    """The plain text, the HTML, and everything else, of every leaf in order."""
    plain: list[str] = []
    html: list[str] = []
    attached: list[Attached] = []
    for part in _walk(message, 0):
        if len(attached) + len(plain) + len(html) >= PARTS_AT_MOST:
            break
        kind, name = part.get_content_type(), file_name(part)
        aside = str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
        if kind == "message/rfc822":
            attached.append(Attached(name or "message.eml", kind, _whole(part), False))
        elif kind in ("text/plain", "text/html") and not aside and not (name and kind == "text/plain" and plain):
            (plain if kind == "text/plain" else html).append(readable(_data(part), part.get_content_charset()))
        elif not kind.startswith("message/"):
            attached.append(Attached(name, kind, _data(part), bool(part.get("Content-ID")) and not aside))
    return "\n".join(plain), "\n".join(html), attached


def _walk(part: Message, depth: int) -> list[Message]:
    inside = part.get_payload() if part.is_multipart() else None
    if isinstance(inside, list) and part.get_content_maintype() == "multipart" and depth < DEEPEST:
        return [leaf for one in inside if isinstance(one, Message) for leaf in _walk(one, depth + 1)]
    return [part]


def _whole(part: Message) -> bytes:
    """The message within this part, as far as it can be written again; the original keeps it as it is."""
    inside = part.get_payload() if part.is_multipart() else None
    first = inside[0] if isinstance(inside, list) and inside else None
    try:
        return first.as_bytes() if isinstance(first, Message) else b""
    except (MessageError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        return b""


def _data(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        data = None
    return data if isinstance(data, bytes) else b""


def _quotes_only_in_html(plain: str, html: str) -> bool:
    """Some clients mark history in HTML only: then the HTML says better what is new."""
    return bool(plain.strip()) and bool(re.search(r"<blockquote|gmail_quote|divRplyFwdMsg|appendonsend|isReplyContent", html, re.IGNORECASE)) and "\n>" not in plain

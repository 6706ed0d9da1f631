"""The dossier of a case (DI-10): one structured document in a canonical form, whose events form a chain of digests.

Canonical form: JSON, keys sorted, UTF-8, no spaces, one line feed at the end; instants are RFC 3339 in UTC, money integer minor units with its currency.
The file as it lies on the disk is the canonical form, so its SHA-256 is the document's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

SCHEMA = "amends.dossier"
VERSION = 2
KNOWN = (1, 2)
"""Versions that can be read and verified. 2: signed by the house; what was said in events and sections stands in both languages where the house says it."""
NOT_CONTENT = frozenset({"id", "made_at", "made_for", "seal"})
"""What differs between two dossiers of the same content: which copy it is, when and for whom it was made."""


@dataclass(slots=True)
class Words:
    """A text in both languages; plain data says the same in both."""

    zh: str
    en: str


def same(text: object) -> Words:
    """What needs no translation: numbers, names, what somebody wrote."""
    return Words(str(text), str(text))


@dataclass(slots=True)
class Who:
    """A party (buyer, merchant, platform, system, carrier, provider, warehouse), its word, and a name where one is shown."""

    party: str
    words: Words
    name: str = ""


@dataclass(slots=True)
class Fact:
    """One labelled value."""

    label: Words
    value: Words


@dataclass(slots=True)
class Happening:
    """One event. `record` is the event as it was stored and `salt` what its digest was made with, unless something in it is masked or withheld in this copy."""

    n: int
    at: datetime
    name: str
    title: Words
    by: Who
    said: Words | None = None
    facts: list[Fact] = field(default_factory=list)
    why: Words | None = None
    pictures: list[str] = field(default_factory=list)
    withheld: str = ""
    record: dict[str, Any] | None = None
    salt: str = ""
    digest: str = ""
    link: str = ""


@dataclass(slots=True)
class Said:
    """A message; `read_at` when the other side opened it."""

    at: datetime
    by: Who
    words: str
    files: list[str]
    read_at: datetime | None = None


@dataclass(slots=True)
class Exhibit:
    """A file of the case as it is kept: `path` in the ZIP, SHA-256 of its bytes, who filed it when, and what it is for."""

    id: str
    path: str
    sha256: str
    media_type: str
    size: int
    by: Who
    at: datetime
    case: str
    about: Words
    note: str = ""


@dataclass(slots=True)
class Goods:
    """A line of the order; `pieces` of it are what the case is about (0: the case is not about this line). Money in minor units."""

    sku: str
    title: str
    quantity: int
    unit_price: int
    paid: int
    refunded: int
    pieces: int


@dataclass(slots=True)
class Order:
    """The order; receiver, phone and address as this copy may show them."""

    number: str
    state: Words
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    paid: int
    freight: int
    refunded: int
    receiver: str
    phone: str
    address: str
    goods: list[Goods]


@dataclass(slots=True)
class Scan:
    """One event of a parcel's trace."""

    at: datetime
    words: str
    place: str


@dataclass(slots=True)
class Parcel:
    """A parcel with its trace, oldest first."""

    direction: Words
    carrier: str
    waybill: str
    state: Words
    sent_at: datetime | None
    signed_at: datetime | None
    trace: list[Scan]


@dataclass(slots=True)
class Money:
    """A payment, a refund request or a compensation: what, how much in minor units, where it stands, and the provider's reference."""

    what: Words
    way: Words
    amount: int
    currency: str
    state: Words
    at: datetime
    moved_at: datetime | None = None
    reference: str = ""


@dataclass(slots=True)
class Movement:
    """One balanced movement of the ledger; its entries sum to zero."""

    what: Words
    at: datetime
    entries: list[tuple[Words, int, str]]


@dataclass(slots=True)
class Rule:
    """One rule or figure that was applied: its name, what it said, in which pack version, where the figure comes from, and what kind of source that is."""

    name: str
    what: Words
    value: Words
    pack: str
    source: str = ""
    source_words: str = ""
    level: Words | None = None


@dataclass(slots=True)
class Other:
    """Another case of the same order; `under` for the one this case is about."""

    kind: Words
    number: str
    state: Words
    opened_at: datetime
    closed_at: datetime | None
    granted: int
    moved: int
    under: bool
    events: list[tuple[int, datetime, Words, Words]] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Facts of the kind's own under one heading: the judgement, a question with its answer, an approval, an appeal, a receipt of goods."""

    code: str
    title: Words
    at: datetime | None
    by: Who | None
    facts: list[Fact]
    text: Words = field(default_factory=lambda: Words("", ""))


@dataclass(slots=True)
class Subject:
    """The case itself."""

    kind: str
    kind_words: Words
    id: str
    number: str
    state: str
    state_words: Words
    version: int
    opened_at: datetime
    closed_at: datetime | None
    currency: str
    granted: int
    moved: int
    facts: list[Fact]
    description: str


@dataclass(slots=True)
class Dossier:
    """The whole document. `zone`: the wall clock on which it is told."""

    id: str
    made_at: datetime
    made_for: dict[str, Any]
    zone: str
    merchant: str
    buyer: str
    case: Subject
    sections: list[Section]
    order: Order | None
    money: list[Money]
    parcels: list[Parcel]
    evidence: list[Exhibit]
    messages: list[Said]
    events: list[Happening]
    rules: list[Rule]
    ledger: list[Movement]
    cases: list[Other]


def plain(value: Any) -> Any:
    """As JSON knows it: dataclasses become objects, instants RFC 3339 in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value


def canonical(value: Any) -> bytes:
    """The canonical form of a JSON value, without the line feed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def salt_of(secret: bytes, case_id: str, n: int) -> str:
    """What an event's digest is made with: always the same for the same event in this house, and not to be guessed by whoever sees a masked copy only."""
    return hmac.new(secret, f"dossier\0{case_id}\0{n}".encode(), hashlib.sha256).hexdigest()


def event_digest(salt: str, record: Mapping[str, Any]) -> str:
    """The digest of one event as it was stored."""
    return digest(salt.encode() + b"\n" + canonical(plain(record)))


def genesis(case_id: str) -> str:
    """What the first link stands on."""
    return digest(f"{SCHEMA}\n{case_id}".encode())


def link(before: str, n: int, of: str) -> str:
    """The link of an event: over the link before, its number and its digest. The last one stands for the whole history and is the same in every copy."""
    return digest(f"{before}\n{n}\n{of}".encode())


def chained(case_id: str, events: list[Happening]) -> str:
    """Write the links of events in their order; answers the last, which seals the history."""
    before = genesis(case_id)
    for event in events:
        event.link = before = link(before, event.n, event.digest)
    return before


def content(document: Mapping[str, Any]) -> str:
    """A digest of what the document says, whichever copy it is and whenever it was made."""
    return digest(canonical({k: v for k, v in document.items() if k not in NOT_CONTENT}))


def sealed(dossier: Dossier) -> dict[str, Any]:
    """The document with its schema and its seal: a digest for each part, the last link of the history, and one digest over all."""
    out: dict[str, Any] = {"schema": SCHEMA, "version": VERSION, **plain(dossier)}
    parts = {name: digest(canonical(value)) for name, value in out.items()}
    last = dossier.events[-1].link if dossier.events else genesis(dossier.case.id)
    seal = {"algorithm": "SHA-256", "parts": parts, "events": len(dossier.events), "history": last}
    out["seal"] = {**seal, "digest": seal_digest(seal)}
    return out


def seal_digest(seal: Mapping[str, Any]) -> str:
    """The one digest over a seal; it and the signature over it are no part of what is digested."""
    return digest(canonical({k: v for k, v in seal.items() if k not in ("digest", "signature")}))


def written(document: Mapping[str, Any]) -> bytes:
    """The file: the canonical form and a line feed."""
    return canonical(document) + b"\n"

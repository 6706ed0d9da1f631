"""What somebody typed to open a dispute and has not sent: one draft a person and thing in dispute, there again after a reload or a restart (UI-1a, DI-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from amends.engine import drafts
from amends.engine.ids import is_id
from amends.store.connect import Pool

COMMAND = "open_dispute"
FIELDS = ("scenario", "demand", "amount", "words")
MOST = 1000
"""Characters of one field; what is longer is refused when it is sent, and cut here."""


def keep(pool: Pool, merchant: str, person: str, subject: str, typed: Mapping[str, str], now: datetime, files: Sequence[str] | None = None) -> None:
    """Keep what stands in the form about a case or an order (`subject`, its id), and the files brought to it (None: as they are); an empty one is forgotten."""
    if is_id(subject):
        body = {name: typed.get(name, "").replace("\0", "")[:MOST] for name in FIELDS}
        drafts.save(pool, merchant, person, subject, COMMAND, body, None, now, files)


def kept(pool: Pool, merchant: str, person: str, subject: str) -> dict[str, str]:
    """What was typed before, by field; empty when nothing was."""
    found = drafts.load(pool, merchant, person, subject).get(COMMAND) if is_id(subject) else None
    return {name: str(value) for name, value in found.body.items()} if found else {}


def files(pool: Pool, merchant: str, person: str, subject: str) -> list[str]:
    """Ids of the files brought before and not sent."""
    found = drafts.load(pool, merchant, person, subject).get(COMMAND) if is_id(subject) else None
    return found.files if found else []


def forget(pool: Pool, merchant: str, person: str, subject: str) -> None:
    """It has been sent."""
    if is_id(subject):
        drafts.drop(pool, merchant, person, subject, COMMAND)

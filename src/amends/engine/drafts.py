"""Nothing typed is lost: drafts by person and case, with the files brought to them (UI-1a)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.photos import say_size
from amends.store import drafts as rows
from amends.store import files as files_of
from amends.store.connect import Pool, scope

MOST = 20_000
"""Characters of all fields of a draft together; what is longer is not kept."""
WAITING_AT_MOST, WAITING_BYTES = 200, 300 * 1024 * 1024
"""Files of one person that may wait in forms, and their bytes."""


@dataclass(slots=True)
class Draft:
    """What was typed into one command's form, the version of the case it was typed against, when it was kept, and ids of the files brought to it."""

    command: str
    body: dict[str, Any]
    case_version: int | None
    saved_at: datetime
    files: list[str] = field(default_factory=list)


def save(
    pool: Pool, merchant_id: str, person_id: str, case_id: str, command: str, body: dict[str, Any], case_version: int | None, now: datetime, files: Sequence[str] | None = None,
) -> bool:
    """Keep what was typed; an empty form drops the draft. False when it is too long to keep.

    `files`: ids of what this person has brought to the form (`take_photo`, `take_evidence`), the draft's own until it is sent or dropped; None leaves them as they are.
    """
    typed = {k: v for k, v in body.items() if v not in ("", None, [])}
    if sum(len(str(v)) for v in typed.values()) > MOST:
        return False
    with scope(pool, UUID(merchant_id)) as conn:
        if typed or files:
            rows.save(conn, merchant_id, person_id, case_id, command, typed, case_version, now, files, uploader_of(person_id))
        else:
            rows.drop(conn, merchant_id, person_id, case_id, command, empty=files is None)
    return True


def uploader_of(person_id: str) -> str:
    """Whose files a draft may name: a buyer's drafts are kept under `buyer:` and the id the buyer brings files under."""
    return person_id.removeprefix("buyer:")


def brings_too_much(pool: Pool, merchant_id: str, person_id: str, size: int) -> Refusal | None:
    """So many files, and bytes, of one person wait to be sent; those of drafts count."""
    with scope(pool, UUID(merchant_id)) as conn:
        waiting, held = files_of.unsent(conn, merchant_id, uploader_of(person_id))
    full = waiting >= WAITING_AT_MOST or held + size > WAITING_BYTES
    return Refusal("evidence_waits", {"most": WAITING_AT_MOST, "size": say_size(WAITING_BYTES), "now": waiting}, "photos") if full else None


def drop(pool: Pool, merchant_id: str, person_id: str, case_id: str, command: str | None = None) -> None:
    """Forget the draft of a command that was carried out, and its files that were not sent; without a command, all of this person and case."""
    with scope(pool, UUID(merchant_id)) as conn:
        rows.drop(conn, merchant_id, person_id, case_id, command)


def load(pool: Pool, merchant_id: str, person_id: str, case_id: str) -> dict[str, Draft]:
    """Drafts by command."""
    with scope(pool, UUID(merchant_id)) as conn:
        return {command: Draft(command, body, version, at, files) for command, body, version, at, files in rows.load(conn, merchant_id, person_id, case_id)}

"""Nothing typed is lost: drafts by person and case (UI-1a)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.store import drafts as rows
from amends.store.connect import Pool, scope

MOST = 20_000
"""Characters of all fields of a draft together; what is longer is not kept."""


@dataclass(slots=True)
class Draft:
    """What was typed into one command's form, the version of the case it was typed against, and when it was kept."""

    command: str
    body: dict[str, Any]
    case_version: int | None
    saved_at: datetime


def save(pool: Pool, merchant_id: str, person_id: str, case_id: str, command: str, body: dict[str, Any], case_version: int | None, now: datetime) -> bool:
    """Keep what was typed; an empty form drops the draft. False when it is too long to keep."""
    typed = {k: v for k, v in body.items() if v not in ("", None, [])}
    if sum(len(str(v)) for v in typed.values()) > MOST:
        return False
    with scope(pool, UUID(merchant_id)) as conn:
        if typed:
            rows.save(conn, merchant_id, person_id, case_id, command, typed, case_version, now)
        else:
            rows.drop(conn, merchant_id, person_id, case_id, command)
    return True


def drop(pool: Pool, merchant_id: str, person_id: str, case_id: str, command: str | None = None) -> None:
    """Forget the draft of a command that was carried out; without a command, all of this person and case."""
    with scope(pool, UUID(merchant_id)) as conn:
        rows.drop(conn, merchant_id, person_id, case_id, command)


def load(pool: Pool, merchant_id: str, person_id: str, case_id: str) -> dict[str, Draft]:
    """Drafts by command."""
    with scope(pool, UUID(merchant_id)) as conn:
        return {command: Draft(command, body, version, at) for command, body, version, at in rows.load(conn, merchant_id, person_id, case_id)}

"""Answers to what was asked once and is no command of a case, kept beside those of commands so that a retry answers the same (SO-23)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from amends.store.connect import Pool, scope


def recall(pool: Pool, merchant: str, command_id: str) -> Any:
    """What was answered under this id, as plain data; None when nothing was."""
    with scope(pool, UUID(merchant)) as conn:
        row = conn.execute("select answer -> 'said' from commands_done where merchant_id = %s and command_id = %s and answer ? 'said'", (merchant, command_id)).fetchone()
    return None if row is None else row[0]


def keep(pool: Pool, merchant: str, command_id: str, said: Any, now: datetime) -> None:
    """Keep an answer; the first one stays."""
    with scope(pool, UUID(merchant)) as conn:
        conn.execute(
            "insert into commands_done (merchant_id, command_id, answer, at) values (%s, %s, %s, %s) on conflict do nothing",
            (merchant, command_id, msgspec.json.encode({"said": said}).decode(), now),
        )

"""Who asks, from where; and the trace every change leaves (ST-8)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.actor import SYSTEM, Actor
from amends.core.refusal import Refusal
from amends.engine.ids import new_id
from amends.store import audit
from amends.store.connect import Whose


@dataclass(slots=True)
class By:
    """The person or machine that asks for a change, its network address and the request's correlation id."""

    actor: Actor = field(default_factory=lambda: SYSTEM)
    address: str = ""
    correlation: str = ""

    @property
    def merchant_id(self) -> str | None:
        """Whose settings this actor may touch at all; None: the platform's."""
        return self.actor.merchant_id

    @property
    def scope(self) -> Whose:
        """The rows this actor sees (ST-9)."""
        return audit.scope_of(self.merchant_id)

    def lacks(self, permission: str) -> Refusal | None:
        """A refusal naming the permission that is missing (ST-4)."""
        return None if self.actor.holds(permission) else Refusal("permission_missing", {"permission": permission})


def record(
    conn: audit.Connection, by: By, now: datetime, action: str, subject: tuple[str, str] | None = None, *,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, merchant_id: str | None = None,
) -> None:
    """Write one audit row in the caller's transaction. `subject` is (kind, id). Secrets are never among the facts."""
    kind, subject_id = subject or (None, None)
    line = audit.Line(
        new_id(), merchant_id or by.merchant_id, now, by.actor.party.value, by.actor.id, by.actor.name, action, kind, subject_id,
        network_address(by.address), by.correlation or None, before, after,
    )
    audit.write(conn, [line])


def network_address(text: str) -> str | None:
    """An IP address as the database keeps it; None for anything else."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None

"""Lightning refunds on the platform's page of a merchant: its own switch, and what is advanced and not decided yet (SO-32)."""

from __future__ import annotations

from typing import Any

from amends.engine.deadlines import pack_of
from amends.store.screens import advances
from amends.web import page
from amends.web.case import effect_line


def card(request: Any, row: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of it; `section` None where the merchant's pack offers none."""
    section = pack_of(f"{row['pack']}@{row['pack_version']}").lightning_refund
    return {"lightning": {"section": section, "on": bool(row["settings"].get("lightning_by_platform"))}, "advances": advances.undecided(request.house.pool, str(row["id"])), "latest": lambda at: effect_line.latest(at, page.standing(request)["moment"])}

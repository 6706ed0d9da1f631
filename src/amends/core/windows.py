"""Instants that a case keeps beside its clock (until when evidence is filed, until when a judgement may be appealed), as suspensions have moved them (PO-15).

What the step wrote stays as it was, for the case is the fold of its events; where it stands is kept beside it under `windows`, and counts while it is about that very instant.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WINDOWS: dict[str, tuple[str, str]] = {"evidence_until": ("evidence", ""), "appeal_until": ("appeal", "judged_at")}
"""Name of the instant: the clock whose span it is, and the field that says when it began (empty: with the case)."""


def window_of(body: Mapping[str, Any], name: str) -> str | None:
    """Where such an instant of a case stands now (ISO 8601), None where it has none."""
    was: str | None = body.get(name) or None
    moved: Mapping[str, Any] = (body.get("windows") or {}).get(name) or {}
    return str(moved["at"]) if was and moved.get("was") == was and moved.get("at") else was


__all__ = ["WINDOWS", "window_of"]

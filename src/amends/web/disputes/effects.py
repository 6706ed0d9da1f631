"""What a step of a dispute would do beside its state, clock and messages: the plan carried out, the case in dispute put right (DI-2, DI-7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

CARRIED = {"direct_refund": "ti-cash", "agreed_wait_48h": "ti-truck-return"}


def told(effects: Mapping[str, Any], say: Callable[..., str]) -> list[tuple[str, str]]:
    """Icons with their phrases, out of the effects of a dry run."""
    out = []
    if plan := (effects.get("carry_plan") or {}).get("plan"):
        out.append((CARRIED.get(plan, "ti-check"), say(f"disputes.carries_{plan}")))
    if remedy := effects.get("apply_remedy"):
        out.append(("ti-arrows-exchange", say(f"disputes.applies_{remedy['outcome']}")))
    if "tell_others" in effects:
        out.append(("ti-message", say("disputes.tells_others")))
    return out

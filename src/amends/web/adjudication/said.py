"""What the last command did, told once on the page it led to: `?done=<what>.<number>`."""

from __future__ import annotations

from typing import Any

from amends.web import catalogue

SAID = (
    "adjudicate", "proposed", "uphold_appeal", "dismiss_appeal", "confirm_judgement", "return_judgement", "ask_side", "step_in", "close_dispute", "add_evidence", "draft", "draft_too_long",
    "take", "back", "give", "opened",
)


def said(request: Any) -> str:
    """The sentence; empty where nothing was done."""
    name, _, number = request.GET.get("done", "").partition(".")
    if not number or len(number) > 40 or name not in SAID:
        return ""
    return catalogue.say(request.lang, f"adjudication.done_{name}", number=number)

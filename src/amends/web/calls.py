"""Calls for help in words, and pages of them: what merchant's and platform's lists share (SO-30)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.store.screens.calls import Call
from amends.web import wording
from amends.web.catalogue import say

PAGE = 50
RULES = ("unanswered", "refused_often")
"""Rules of a pack that call the platform in by themselves (PO-11)."""


def about(call: Call, lang: str) -> str:
    """Why it was called: the coded cause in words, or the pack's rule; "" where words alone were said."""
    if call.side == "system":
        return say(lang, f"home.rule_{call.cause}") if call.cause in RULES else ""
    return wording.call_cause(call.pack, call.cause, lang) if call.cause else ""


def who(call: Call, lang: str) -> str:
    """商家 阿海, 客户, or the rule."""
    return say(lang, f"home.by_{call.side}", name=call.actor_name) if call.side == "merchant" else say(lang, f"home.by_{call.side}")


def words(request: Any) -> dict[str, Any]:
    """What templates say of calls."""
    lang = request.lang
    return {"about": lambda c: about(c, lang), "who": lambda c: who(c, lang), "state": lambda c: wording.state(c.state, lang, c.kind)}


def page_of(rows: list[Call], answered: bool) -> tuple[list[Call], str]:
    """The rows of a page out of one more than it holds, and where the next one begins ("" at the end)."""
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    at = (last.answered_at if answered else last.at) if last else None
    return rows[:PAGE], f"{at.isoformat()}~{last.id}" if last and at else ""


def cursor(text: str) -> tuple[datetime, str] | None:
    """Where a page begins; None for the first one and for anything that is none."""
    at, _, last = text.replace(" ", "+").partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(last))) if instant.tzinfo else None
    except ValueError:
        return None

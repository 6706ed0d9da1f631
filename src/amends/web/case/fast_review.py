"""What fast review did about a case, in words: the conditions that held, or which one failed (SO-31)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.engine.deadlines import pack_of
from amends.web import show

Say = Callable[..., str]


def passed(why: dict[str, Any], lang: str, say: Say, _moment: Callable[[datetime], str]) -> str:
    """The explanation of a review that was passed at once."""
    pack = pack_of(f"{why.get('pack')}@{why.get('version', 0)}")
    return say("fast_review.passed", held=_held(why.get("facts") or {}, lang, say), pack=pack.name.zh if lang == "zh" else pack.name.en, version=why.get("version", ""))


def opened(kept: dict[str, Any], lang: str, say: Say) -> str:
    """What stays with a case that was opened while its merchant took part."""
    failed = kept.get("failed") or []
    if not failed:
        return say("fast_review.met", held=_held(kept, lang, say))
    told = ("；" if lang == "zh" else "; ").join(say(f"fast_review.failed_{name}", **_facts(kept, name)) for name in failed)
    return say("fast_review.missed", failed=told, hours=hours(int(kept.get("else_seconds", 0)), say))


def hours(seconds: int, say: Say) -> str:
    """6 小时: as rules write it."""
    h, m = seconds // 3600, seconds % 3600 // 60
    return say("settings.hours_only", h=h) if not m else say("settings.hours_minutes", h=h, m=m)


def _held(kept: dict[str, Any], lang: str, say: Say) -> str:
    names = ["amount", "pieces", *(["reason"] if kept.get("no_reason_only", True) else []), "alert"]
    return ("；" if lang == "zh" else "; ").join(say(f"fast_review.held_{name}", **_facts(kept, name)) for name in names)


def _facts(kept: dict[str, Any], name: str) -> dict[str, Any]:
    if name == "amount":
        return {"paid": show.money(int(kept.get("paid", 0))), "below": show.money(int(kept.get("amount_below", 0)))}
    return {"n": kept.get("pieces", 0), "most": kept.get("pieces_below", 0)} if name == "pieces" else {}

"""What the house reports about a plan or a remedy, in the reader's words: the reason by its code, and what was done to which case (DI-3, DI-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.sentences import SENTENCES
from amends.web import wording
from amends.web.catalogue import say

REPORTS = frozenset({"plan_failed", "remedy_applied"})
"""Commands by which the house reports; what they bring is for machines and is told anew."""


def reason(told: Mapping[str, Any], lang: str) -> str:
    """Why something could not be done, in the reader's language; the words it came with where nobody knows the code."""
    given = told.get("facts")
    facts = dict(given[0]) if isinstance(given, list) and given else dict(given) if isinstance(given, dict) else {}
    if facts.get("state"):
        facts["state"] = wording.state(str(facts["state"]), lang, "cancellation")
    pair = SENTENCES.get(str(told.get("code") or ""))
    try:
        return pair[wording.at(lang)].format_map(facts) if pair else str(told.get("words") or "")
    except KeyError:
        return str(told.get("words") or "")


def in_words(verb: str, given: Mapping[str, Any], lang: str) -> str:
    """A report for the history: what a remedy did, case by case, and why not where something was in the way."""
    acts = [f"{act.get('number', '')} {wording.command(str(act.get('verb', '')), lang)}".strip() for act in given.get("acts") or () if isinstance(act, dict)]
    lines = (acts or [say(lang, "disputes.remedy_nothing")]) if verb == "remedy_applied" else []
    return "\n".join([*lines, *filter(None, [reason(given, lang)])])

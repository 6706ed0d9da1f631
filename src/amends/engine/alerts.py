"""Keyword alerts where words come in: with an application, and with what the buyer writes later, in the same transaction (KW-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from amends.core.actor import Party
from amends.core.alerts import alert_of, new_hits
from amends.core.commands import Command, verb
from amends.core.keywords import Hit
from amends.core.machine import Look
from amends.engine.ids import new_id
from amends.engine.keywords import Live

READ = {
    "say": ("words", "message"), "answer": ("words", "message"), "not_solved": ("words", "message"), "decline": ("reason", "message"),
    "change_application": ("description", "description"),
}
"""Commands of the buyer that bring words: the field they stand in, and what kind of text it is."""


def brings_words(commands: Iterable[tuple[Command, Party]]) -> bool:
    """Whether any of these has words that must be read; otherwise no scanner is needed."""
    return any(party is Party.BUYER and verb(command) in READ for command, party in commands)


def of_command(live: Live, look: Look) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The alert that what the buyer has just written raises, with its explanation (SO-25). The case stands as it is after the command."""
    field, where = READ.get(verb(look.command), ("", ""))
    text = getattr(look.command, field, "") if field and look.actor.party is Party.BUYER else ""
    if not text or look.case.closed_at is not None:
        return None
    case = look.case
    hits = new_hits(live.scanner.scan(text), case.kind, case.state, case.type, case.body)
    before = case.body.get("alert") if case.body.get("alert_open") else None
    return _raised(live, hits, text, where, case.version, case.type, before) if hits else None


def of_application(live: Live, kind: str, state: str, type_: str, facts: dict[str, Any]) -> dict[str, Any] | None:
    """The second event of a new case whose description raises an alert (`store/sql/insert_cases.sql`), None where it raises none.

    The case's facts learn every set found (`keywords`, SA-2), and the alert.
    """
    found = live.scanner.scan(facts["description"])
    if not found:
        return None
    facts["keywords"] = sorted({h.set for h in found})
    hits = new_hits(found, kind, state, type_, {})
    if not hits:
        return None
    alert, why = _raised(live, hits, facts["description"], "description", 1, type_, None)
    changes = {"alert": alert, "alert_open": True}
    facts |= changes
    return {"id": new_id(), "body": {"command": "raise_alert", "from": state, "to": state, "input": {}, "changes": changes}, "explanation": why}


def _raised(live: Live, hits: list[Hit], text: str, where: str, at: int, chosen: str, before: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    alert = alert_of(hits, text, where, at, live.sets, chosen, {"keywords": live.refs["version"], "starter": live.refs["starter"]}, before)
    mine = alert_of(hits, text, where, at, live.sets, chosen, {}, None)
    why = {"by": "keyword", **live.refs, "sets": mine["sets"], "words": [m["text"] for m in mine["hits"]], "facts": {"type": chosen, "in": where}}
    return alert, why | {"zh": _told(mine["zh"], live.refs, 0), "en": _told(mine["en"], live.refs, 1)}


def _told(words: str, refs: Mapping[str, int], lang: int) -> str:
    version, starter = refs["version"], refs["starter"]
    own = (f"商家词组第 {version} 版", f"the merchant's version {version}")[lang] if version else ("自带词组，未改动", "the sets as they come")[lang]
    return (f"{words}。依据：{own}（自带词库第 {starter} 版）", f"{words}. By {own} (starter words {starter})")[lang]

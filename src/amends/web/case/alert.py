"""The alert of a case as its page shows it: what was found, the words marked where they stand, and two explicit answers (KW-2, KW-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from amends.core.alerts import BY_HAND, NAMES
from amends.web.case.buttons import Button, Buttons

MARK = Markup("<mark>{}</mark>")


@dataclass(slots=True)
class AlertBox:
    """An open alert. `keep`: the button that leaves the type as it is; `change`: the one that changes it to `suggest` (None: not this person, not here, or nothing to change)."""

    title: str
    words: str
    keep: Button | None
    change: Button | None
    suggest: str
    of_type: bool


def box_of(facts: Mapping[str, Any], type_: str, buttons: Buttons, lang: str, say: Callable[..., str]) -> AlertBox | None:
    """The box above the case; None when no alert is open."""
    if not facts.get("alert_open"):
        return None
    alert = alert_of(facts)
    suggest = str(alert.get("suggest") or "")
    differs = suggest in NAMES and suggest != type_
    change = next((b for b in (*buttons.more, *buttons.row) if b.verb == "change_type" and not b.off), None) if differs else None
    title = "keywords.alert_by_hand" if alert.get("sets") == [BY_HAND] else "keywords.alert_type" if differs else "keywords.alert_free"
    return AlertBox(say(title), str(alert.get(lang) or say("keywords.alert_unknown")), next(iter(buttons.alert), None), change, suggest if differs else "", differs)


def alert_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The alert raised last, open or answered; empty where there never was one."""
    found = facts.get("alert")
    return found if isinstance(found, dict) else {}


def told_of(facts: Mapping[str, Any], lang: str) -> str:
    """The alert in one sentence, open or answered; "" where there never was one."""
    alert = alert_of(facts)
    return str(alert.get(lang) or "") if facts.get("alert_open") or facts.get("alert_answer") else ""


def in_description(text: str, facts: Mapping[str, Any]) -> Markup:
    """The description with the words marked that raised an alert."""
    return marked(text, [h for h in alert_of(facts).get("hits", ()) if h.get("in") == "description"])


def in_message(text: str, version: int, facts: Mapping[str, Any]) -> Markup:
    """What the buyer wrote in the event of this version, marked."""
    return marked(text, [h for h in alert_of(facts).get("hits", ()) if h.get("in") == "message" and h.get("at") == version])


def marked(text: str, hits: Iterable[Mapping[str, Any]]) -> Markup:
    """The text with its hits marked, everything escaped. A hit that is no longer where it was found is let be."""
    out, at = Markup(), 0
    for hit in sorted(hits, key=lambda h: (int(h["start"]), -int(h["end"]))):
        start, end = int(hit["start"]), int(hit["end"])
        if start >= at and text[start:end] == hit["text"] and end > start:
            out += escape(text[at:start]) + MARK.format(text[start:end])
            at = end
    return out + escape(text[at:])


def snippet(text: str, hits: Iterable[Mapping[str, Any]], around: int = 10) -> Markup:
    """For a row of a list: the first hit in the description with a few characters on either side; the words alone where it was a message."""
    hits = list(hits)
    for hit in hits:
        start, end = int(hit["start"]), int(hit["end"])
        if hit.get("in") == "description" and text[start:end] == hit["text"]:
            left, right = max(0, start - around), end + 2 * around
            near = [{**h, "start": int(h["start"]) - left, "end": int(h["end"]) - left} for h in hits if h.get("in") == "description" and int(h["start"]) >= left]
            return escape("…" if left else "") + marked(text[left:right], near)
    return Markup("、").join(MARK.format(w) for w in dict.fromkeys(str(h["text"]) for h in hits))

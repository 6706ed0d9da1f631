"""The buttons of a case: what this person may do now, which of it comes first, and why something is off (UI-2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from amends.core.commands import Command, inputs
from amends.core.machine import Move
from amends.core.refusal import Refusal
from amends.web import wording
from amends.web.case.layouts import ALERT, HEAD, TALK, Layout
from amends.web.case.offers import by_hand


@dataclass(slots=True)
class Button:
    """One command: label, key, `look` (primary, danger, plain), why it is off, and whether it needs nothing typed."""

    verb: str
    label: str
    command: type[Command]
    look: str = "plain"
    key: str = ""
    off: str = ""
    at_once: bool = False


@dataclass(slots=True)
class Buttons:
    """By place: head of the page, alert, talk, the bar's main row, behind 更多, and the primary one (None: nothing to do here for this person)."""

    head: list[Button] = field(default_factory=list)
    alert: list[Button] = field(default_factory=list)
    talk: list[Button] = field(default_factory=list)
    row: list[Button] = field(default_factory=list)
    more: list[Button] = field(default_factory=list)
    primary: Button | None = None

    def why_off(self) -> list[tuple[list[str], str]]:
        """Each reason once, with the buttons it turns off; no names where it turns off everything in the bar."""
        shown = [b for b in (*self.row, self.primary) if b]
        reasons: dict[str, list[str]] = {}
        for button in shown:
            if button.off:
                reasons.setdefault(button.off, []).append(button.label)
        return [([] if len(names) == len(shown) else names, why) for why, names in reasons.items()]


def idle(facts: dict[str, Any]) -> frozenset[str]:
    """Verbs about money that have nothing to be about now: no request waits for finance, none has failed, no difference is asked for."""
    failed = any(r in facts.get("failed", ()) for r in facts.get("requests", {}))
    empty = {"record_transfer": not by_hand(facts), "retry_refund": not failed, "record_payment": not facts.get("charges")}
    return frozenset(name for name, is_empty in empty.items() if is_empty)


def buttons_of(
    layout: Layout, moves: list[Move], state: str, type_: str, lang: str, tell: Callable[[Refusal], str], discrepancy: bool = False, nothing_for: frozenset[str] = frozenset()
) -> Buttons:
    """Every open command in its place. `discrepancy`: what arrived differs, so saying so is near at hand (SO-15); `nothing_for`: verbs to leave out."""
    out, first = Buttons(), _first(layout, moves, state, type_)
    for move in moves:
        made = _button(layout, move, lang, tell)
        if move.verb in HEAD:
            if not made.off:
                out.head.append(made)
        elif move.verb in ALERT:
            out.alert.append(made)
        elif move.verb in TALK:
            out.talk.append(made)
        elif (made.off and move.verb == "answer_rating") or move.verb in nothing_for or (move.blocked and move.blocked.code in layout.unsaid):
            continue
        elif move.verb == first:
            made.look, made.key, out.primary = "primary", "a", made
        elif move.verb in layout.later and not (discrepancy and move.verb == "raise_discrepancy"):
            out.more.append(made)
        else:
            out.row.append(made)
    out.row.sort(key=lambda b: b.look == "danger")
    out.alert = [b for b in out.alert if not b.off]
    if out.primary is None and state not in layout.chosen_above and len(out.row) == 1 and not out.row[0].off and out.row[0].look == "plain":
        out.primary = out.row.pop()
        out.primary.look, out.primary.key = "primary", "a"
    return out


def _first(layout: Layout, moves: list[Move], state: str, type_: str) -> str:
    """The primary verb: by state and type, else the first of the state's that nothing blocks, else the first of them."""
    wanted = (*((layout.by_type[state, type_],) if (state, type_) in layout.by_type else ()), *layout.primary.get(state, ()))
    free = {m.verb for m in moves if m.blocked is None}
    return next((v for v in wanted if v in free), wanted[0] if wanted else "")


def _button(layout: Layout, move: Move, lang: str, tell: Callable[[Refusal], str]) -> Button:
    label = (move.command.zh, move.command.en)[wording.at(lang)]
    look = "danger" if move.verb in layout.danger else "plain"
    return Button(move.verb, label, move.command, look, layout.keys.get(move.verb, ""), tell(move.blocked) if move.blocked else "", not inputs(move.command))

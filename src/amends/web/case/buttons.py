"""The buttons of a case: what this person may do now, which of it comes first, and why something is off (UI-2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from amends.core.commands import Command, inputs
from amends.core.machine import Move
from amends.core.refusal import Refusal
from amends.web import wording

PRIMARY = {
    "reviewing": "approve_return", "awaiting_return": "register_receipt", "in_transit": "register_receipt", "fulfilling": "ship_replacement",
    "completed": "answer_rating",
}
BY_TYPE = {
    ("reviewing", "reissue"): "reissue_without_return", ("processing", "return"): "refund", ("processing", "exchange"): "exchange",
    ("processing", "repair"): "repair", ("processing", "reissue"): "reissue",
}
KEYS = {"reject": "r", "ask_buyer": "w", "claim": "c", "release": "z"}
DANGER = frozenset({"reject", "reverse_refund"})
HEAD = ("claim", "release", "assign")
TALK = ("say", "note")
ALERT = ("acknowledge_alert",)
LATER = ("change_type", "reissue_offline", "exchange_offline", "return_original", "correct_waybill", "record_transfer", "reverse_refund", "raise_discrepancy", "call_platform")
"""What is rarely wanted stands behind 更多, unless the case asks for it."""

STAY = frozenset({*HEAD, *TALK, *ALERT, "change_type", "call_platform", "correct_waybill", "record_transfer", "answer_rating"})
"""After these the case stays open; after anything else the next case of the queue opens (UI-1a)."""


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


def buttons_of(moves: list[Move], state: str, type_: str, lang: str, tell: Callable[[Refusal], str], discrepancy: bool = False, transfers: bool = True) -> Buttons:
    """Every open command in its place. `discrepancy`: what arrived differs, so saying so is near at hand (SO-15); `transfers`: money waits to be moved."""
    out, first = Buttons(), BY_TYPE.get((state, type_)) or PRIMARY.get(state, "")
    for move in moves:
        made = _button(move, lang, tell)
        if move.verb in HEAD:
            if not made.off:
                out.head.append(made)
        elif move.verb in ALERT:
            out.alert.append(made)
        elif move.verb in TALK:
            out.talk.append(made)
        elif (made.off and move.verb == "answer_rating") or (move.verb == "record_transfer" and not transfers):
            continue
        elif move.verb == first:
            made.look, made.key, out.primary = "primary", "a", made
        elif move.verb in LATER and not (discrepancy and move.verb == "raise_discrepancy"):
            out.more.append(made)
        else:
            out.row.append(made)
    out.row.sort(key=lambda b: b.look == "danger")
    out.alert = [b for b in out.alert if not b.off]
    if out.primary is None and len(out.row) == 1 and not out.row[0].off and out.row[0].look == "plain":
        out.primary = out.row.pop()
        out.primary.look, out.primary.key = "primary", "a"
    return out


def _button(move: Move, lang: str, tell: Callable[[Refusal], str]) -> Button:
    label = (move.command.zh, move.command.en)[wording.at(lang)]
    look = "danger" if move.verb in DANGER else "plain"
    return Button(move.verb, label, move.command, look, KEYS.get(move.verb, ""), tell(move.blocked) if move.blocked else "", not inputs(move.command))

"""The history of a case: one line an event, newest first; automatic ones carry their reasons (SO-24, SO-25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.cases import TABLES
from amends.core.commands import inputs
from amends.core.pack import Pack
from amends.engine.deadlines import pack_opened_under
from amends.store.screens.case import CaseSeen
from amends.store.screens.case_rows import EventRow, FileRow
from amends.web import show, wording
from amends.web.case import fast_review
from amends.web.case.effect_line import then
from amends.web.case.layouts import LAYOUTS
from amends.web.case.whys import WHYS
from amends.web.disputes import reported

Say = Callable[..., str]
ICONS = {
    "merchant": "ti-user", "buyer": "ti-user-circle", "platform": "ti-building-bank", "system": "ti-alarm", "carrier": "ti-truck", "provider": "ti-credit-card",
    "warehouse": "ti-building-warehouse",
}
BY_ITSELF = {"strategy": ("why_strategy.who", "ti-adjustments"), "fast_review": ("fast_review.title", "ti-bolt"), "lightning": ("case.party_system", "ti-bolt"), "keyword": ("keywords.system", "ti-alert-triangle")}
"""What acts by itself and is not the clock: its name and sign in the history, by what its explanation says."""
TALK = frozenset({"said", "proposed", "proposal_declined", "buyer_answered", "not_solved", "buyer_asked", "discrepancy_raised", "ticket_replied", "ticket_followed_up", "ticket_handed_back", "ticket_carried_out"})
OWN_WORDS = ("words", "reason", "consent", "done", "note", "description")


@dataclass(slots=True)
class Told:
    """One line: `sort` (talk, note, act) for the tabs above it, who, what, the words said, pictures, and why (for what nobody did)."""

    sort: str
    icon: str
    who: str
    what: str
    at: datetime
    words: str = ""
    why: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    photos: list[FileRow] = field(default_factory=list)
    version: int = 0


def story(seen: CaseSeen, pack: Pack | None, say: Say, lang: str, moment: Callable[[datetime], str]) -> list[Told]:
    """Every event of the case, newest first."""
    return [_told(e, seen, pack, say, lang, moment) for e in seen.events]


def _told(event: EventRow, seen: CaseSeen, pack: Pack | None, say: Say, lang: str, moment: Callable[[datetime], str]) -> Told:
    given: dict[str, Any] = event.body.get("input") or {}
    verb = str(event.body.get("command", ""))
    out = Told(_sort(event), "ti-alert-triangle" if event.name == "alert_raised" else _itself(event)[1] or ICONS.get(event.actor_kind, "ti-point"), _who(event, say), _what(event, verb, given, seen, say, lang), event.at)
    opens = event.name in wording.OPENED
    if verb in reported.REPORTS:
        out.words, given = reported.in_words(verb, given, lang), {}
    out.words = out.words or "\n".join(_plain(verb, name, str(given[name]), pack, lang) for name in OWN_WORDS if given.get(name) and not (opens and name == "reason"))
    out.facts = _facts(seen.case.kind, verb, given, lang, seen.case.currency)
    if isinstance(found := (event.body.get("changes") or {}).get("findings"), dict) and found.get(lang):
        out.facts.insert(0, (say("findings.found"), say("findings.and").join(found[lang])))
    out.version = event.version
    out.photos = [seen.files[p] for p in given.get("photos", ()) if p in seen.files]
    if event.explanation:
        out.why = why(event.explanation, pack, say, lang, moment, seen.case.kind)
    elif opens and isinstance(kept := seen.case.facts.get("fast_review"), dict):
        out.why = fast_review.opened(kept, lang, say)
    return out


def _sort(event: EventRow) -> str:
    return "talk" if event.name in TALK else "note" if event.name == "noted" else "act"


def _itself(event: EventRow) -> tuple[str, str]:
    """The word and the sign of what acted by itself; empty for people and for the clock."""
    by = "keyword" if event.name == "alert_raised" else str((event.explanation or {}).get("by", ""))
    return BY_ITSELF.get(by, ("", "")) if event.actor_kind == "system" else ("", "")


def _who(event: EventRow, say: Say) -> str:
    if name := _itself(event)[0]:
        return say(name)
    if event.actor_kind in ("system", "carrier", "provider"):
        return say(f"case.actor_{event.actor_kind}")
    if event.actor_kind == "buyer":
        return say("case.actor_buyer")
    return event.actor_name or say(f"case.actor_{event.actor_kind}")


def _what(event: EventRow, verb: str, given: dict[str, Any], seen: CaseSeen, say: Say, lang: str) -> str:
    layout = LAYOUTS[seen.case.kind]
    if event.name in layout.opened:
        reason = seen.case.facts.get("reason_zh" if lang == "zh" else "reason_en") or seen.case.reason
        first = {"type": seen.case.expectation, "quantity": seen.case.quantity, **given}
        return say(layout.opened[event.name], type=wording.choice("type", str(first["type"]), lang), reason=reason, n=first["quantity"])
    if event.name == "ran_out":
        outcome = (event.explanation or {}).get("then", "")
        return say("case.ran_out", then=then(str(outcome), say))
    if event.name == "said":
        return ""
    if event.name == "difference_paid" and event.body.get("from") == "claiming_back":
        return say("lightning.paid_back")
    if told := alert_in_words(event, say, lang):
        return told
    if given.get("cause"):
        return say("home.called_about", what=wording.command(verb, lang), cause=wording.call_cause(pack_opened_under(seen.case.facts), str(given["cause"]), lang))
    return wording.command(verb, lang) if verb else wording.event(event.name, lang, seen.case.kind)


def alert_in_words(event: EventRow, say: Say, lang: str) -> str:
    """An alert raised or answered, with what it was about (KW-2); "" for any other event."""
    changes = event.body.get("changes") or {}
    if event.name == "alert_raised":
        return say("keywords.story_raised", words=(changes.get("alert") or {}).get(lang, "")) if event.actor_kind == "system" else say("keywords.story_by_hand")
    answer = changes.get("alert_answer")
    if not isinstance(answer, dict):
        return ""
    return say(f"keywords.story_{answer['answer']}", type=wording.choice("type", str(answer["type"]), lang), words=answer.get(lang, ""))


def _plain(verb: str, name: str, text: str, pack: Pack | None, lang: str) -> str:
    if name != "reason":
        return text
    told = wording.pack_reason(pack, verb, text, lang)
    return wording.choice(name, text, lang) if told == text else told


SHOWN = ("result", "decision", "number", "evidence", "side", "liability", "outcome", "compensation", "offer", "received", "condition", "packaging", "appearance", "function", "accessories", "disposition", "carrier", "waybill", "sku", "quantity", "amount", "freight",
         "cost", "missing", "said_how", "type", "difference", "adjust_reason", "rating", "person_name", "reference", "serial", "freight_by", "point", "address")
MINOR = ("amount", "freight", "cost", "compensation")


def _facts(kind: str, verb: str, given: dict[str, Any], lang: str, currency: str) -> list[tuple[str, str]]:
    """What else was filled in, each with its label."""
    command = TABLES[kind].commands.get(verb)
    if command is None:
        return []
    labels = {i.name: (i.metadata["zh"], i.metadata["en"])[wording.at(lang)] for i in inputs(command)}
    return [
        (labels[name], show.money(int(given[name]), currency) if name in MINOR else wording.choice(name, str(given[name]), lang))
        for name in SHOWN if name in labels and name in given
    ]


def why(given: dict[str, Any], pack: Pack | None, say: Say, lang: str, moment: Callable[[datetime], str], kind: str = "service_order") -> str:
    """Which deadline of which pack acted, on what (SO-25); an explanation of another kind brings its own sentence."""
    own = given.get(lang)
    if isinstance(own, str):
        return own
    if (tell := WHYS.get(str(given.get("by", "")))) is not None:
        return tell(given, lang, say, moment)
    if "clock" not in given:
        return ""
    due = given.get("due_at")
    when = moment(datetime.fromisoformat(due)) if isinstance(due, str) else "—"
    ref = pack_opened_under({**given, "pack_version": given.get("version")})
    told = say(
        LAYOUTS[kind].why, pack=pack_name(ref, pack, lang), version=given.get("version", "—"), clock=say(f"case.clock_{given['clock']}"), when=when,
        source=wording.source(ref, str(given.get("source") or ""), lang), state=wording.state(str(given.get("state", "")), lang, kind), type=wording.choice("type", str(given.get("expectation", "")), lang),
    )
    return told + say("fast_review.clock") if given.get("rule") == "fast_review" else told


def pack_name(ref: str, pack: Pack | None, lang: str) -> str:
    """What a pack is called, by its id or id and version."""
    name = ref.partition("@")[0]
    found = pack if pack and pack.id == name else wording.pack_of(ref) if ref else None
    return found.name.zh if found and lang == "zh" else found.name.en if found else name

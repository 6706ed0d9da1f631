"""Codes of the trade in the reader's words: states, commands, events, choices, reasons, and refusals whose facts are codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.cases import TABLES
from amends.core.clock_words import clock_name
from amends.core.pack import Pack
from amends.core.refusal import Refusal
from amends.engine import deadlines
from amends.web import catalogue, show
from amends.web.rights import name_of

_WAY = re.compile(r"[\s.-]+")
MONEY = {
    "refund_above_cap": ("cap", "asked"), "refund_override_missing": ("computed",), "ledger_amount_wrong": ("asked",), "ledger_deposit_short": ("held", "asked"),
    **dict.fromkeys(("judge_above_room", "judge_compensation_above", "dispute_amount_above"), ("most", "asked")), "judge_amount_missing": ("most",),
    **dict.fromkeys(("judge_freight_above", "judge_freight_out_above"), ("most", "asked")), "judge_compensation_order": ("cap", "given", "most", "asked"), "judge_compensation_none_left": ("cap", "given"),
    **dict.fromkeys(("judge_freight_asked", "judge_freight_claimed", "judge_freight_judged"), ("given",)),
    "ticket_refund_first": ("amount", "given"), "ticket_above_decided": ("left", "asked"),
    "less_than_agreed": ("agreed", "asked"), "claim_above_advance": ("left", "asked"), "proposal_stale": ("cap",), "ledger_advance_less": ("advanced",), "ledger_penalty_less": ("charged",),
}
"""Facts of refusals that are minor units of the case's currency."""


def at(lang: str) -> int:
    """Which of a pair: 0 Chinese, 1 English."""
    return 0 if lang == "zh" else 1


def state(name: str, lang: str, kind: str = "service_order") -> str:
    """待审核 / In review; an unknown state as it stands."""
    found = TABLES[kind].states.get(name) if kind in TABLES else None
    return name if found is None else (found.zh, found.en)[at(lang)]


_COMMANDS = {name: command for machine in TABLES.values() for name, command in machine.commands.items()}
OPENED = {"applied": "case.applied", "cancel_applied": "case.applied", "dispute_opened": "disputes.opened", "ticket_opened": "tickets.opened"}
"""Events by which a case comes to be, and what they are called."""


def command(verb: str, lang: str) -> str:
    """同意客户发货 / Approve return."""
    found = _COMMANDS.get(verb)
    return verb if found is None else (found.zh, found.en)[at(lang)]


@cache
def _verbs_by_event(kind: str) -> dict[str, str]:
    return {c.event: v for v, c in TABLES[kind].commands.items()} if kind in TABLES else {}


def event(name: str, lang: str, kind: str = "service_order") -> str:
    """What happened, in the words of the command that makes it; what opens a case has words of its own."""
    if name in OPENED:
        return catalogue.say(lang, OPENED[name])
    verb = _verbs_by_event(kind).get(name)
    return command(verb, lang) if verb else name


def known(key: str, lang: str, fallback: str = "") -> str:
    """A word of the catalogue if it has this key."""
    return catalogue.say(lang, key) if key in catalogue.words() else fallback


def clock(name: str, lang: str) -> str:
    """What a clock is called on a screen."""
    return known(f"settings.clock_{name}", lang, clock_name(name, at(lang)))


def choice(field: str, code: str, lang: str) -> str:
    """A code that a field of a command offers; the code itself where the catalogue has none."""
    key = f"choice.{field}_{code}"
    return catalogue.say(lang, key) if key in catalogue.words() else code


def way(method: str, lang: str) -> str:
    """How money came or goes (微信支付, bank card), whatever case and dashes the shop writes it with; its own name where the catalogue has none."""
    key = f"choice.way_{_WAY.sub('_', method.strip().lower())}"
    return catalogue.say(lang, key) if key in catalogue.words() else method


def pack_of(ref: str) -> Pack | None:
    """A pack by id or by id and version, for its words; None where there is none by that name."""
    try:
        return deadlines.pack_of(ref)
    except ValueError:
        return None


def pack_version(ref: str, lang: str) -> str:
    """A version of a pack by its name: 京东 第 1 版; the reference itself where this house does not know it."""
    found = pack_of(ref)
    return ref if found is None else f"{found.name.zh if lang == 'zh' else found.name.en} {catalogue.say(lang, 'packs.nth', n=found.version)}"


def source(ref: str, key: str, lang: str) -> str:
    """Where a figure of this pack comes from, in words: 平台规则 S1, 法规, 默认; the key itself where the pack does not name it."""
    held = found.sources.get(key) if (found := pack_of(ref) if ref else None) else None
    level = held.level if held else "own" if key == "own" else ""
    said = known(f"settings.source_{level}", lang, key or "—") if level else key or "—"
    return f"{said} {key}" if level == "document" and key[1:].isdigit() else said


def pack_reason(pack: Pack | None, tree: str, code: str, lang: str) -> str:
    """A staff reason of the pack (reject, ask_buyer, …); the code itself when the pack has forgotten it."""
    groups = pack.review_reasons.get(tree, ()) if pack else ()  # type: ignore[call-overload]
    found = next((leaf for group in groups for leaf in group.leaves if leaf.code == code), None)
    return code if found is None else (found.zh, found.en)[at(lang)]


def call_cause(ref: str, code: str, lang: str) -> str:
    """Why somebody called the platform in, in the words of that pack (`jd@2`); the code itself when the pack has forgotten it."""
    pack = pack_of(ref)
    found = next((leaf for tree in pack.platform_reasons.values() for group in tree for leaf in group.leaves if leaf.code == code), None) if pack else None
    return code if found is None else (found.zh, found.en)[at(lang)]


def refusal(said: Refusal, lang: str, zone: ZoneInfo, now: datetime, currency: str = "CNY", kind: str = "service_order") -> str:
    """The sentence of a refusal about a case of this kind, with its facts told in words."""
    return Refusal(said.code, told(said, lang, zone, now, currency, kind), said.field).say(lang)


def told(said: Refusal, lang: str, zone: ZoneInfo, now: datetime, currency: str, kind: str = "service_order") -> dict[str, Any]:
    """The facts of a refusal, each code replaced by what people call it."""
    facts = dict(said.facts)
    for name, value in facts.items():
        if name in MONEY.get(said.code, ()) and isinstance(value, int):
            facts[name] = show.money(value, currency)
        elif name == "choices" and said.field:
            facts[name] = [choice(said.field, code, lang) for code in value]
        elif name in ("state", "event") and value:
            facts[name] = (state if name == "state" else event)(value, lang, kind)
        elif name in _TOLD and value:
            facts[name] = _TOLD[name](value, lang)
        elif name in ("due", "until") and isinstance(value, str) and value[:4].isdigit():
            facts[name] = show.day(date.fromisoformat(value), now.astimezone(zone).date(), lang) if "T" not in value and " " not in value else show.moment(datetime.fromisoformat(value), now, zone, lang)
    if said.code == "version_conflict" and not facts.get("name"):
        facts["name"] = catalogue.say(lang, "case.somebody")
    return facts


def ticket_title(title: str, zh: str, en: str, lang: str) -> str:
    """What a ticket is called: the words somebody wrote, or its subject in the reader's language where nobody did (the title then is the Chinese subject)."""
    return en if en and lang != "zh" and title in ("", zh) else title or zh


def _possible(verbs: Any, lang: str) -> Any:
    return [command(v, lang) for v in verbs] if isinstance(verbs, list | tuple) else verbs


_TOLD: Mapping[str, Any] = {
    "command": command, "permission": name_of, "possible": _possible, "type": lambda code, lang: choice("type", code, lang),
    "answer": lambda code, lang: known(f"queue.intercept_{code}", lang, code),
}

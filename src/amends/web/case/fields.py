"""The form of a command, generated from its fields (UI-2): labels, choices in words, what was typed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field as CommandField
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.core import findings
from amends.core.commands import Command, inputs, verb
from amends.core.money import Money, exponent
from amends.core.negotiation import TERMS
from amends.core.refusal import Refusal
from amends.core.verbs.desk import AnswerCall
from amends.core.verbs.negotiation import Propose
from amends.engine.evidence_files import EVIDENCE
from amends.web import catalogue, show, wording
from amends.web.case import advances, proposals
from amends.web.case.offers import Offers
from amends.web.disputes.grounds import GroundShown

PHOTOS_KEPT = "photos_kept"
TREES = {("reject", "reason"): "reject", ("return_original", "reason"): "return_original", ("call_platform", "cause"): "platform"}
"""Text fields whose values come from a tree of the merchant's pack (SO-27)."""

PROVING = frozenset(verb for verb, _ in TREES)
"""Commands some of whose coded reasons need photos."""

SIDE_BY_SIDE = 60
"""Choices that together are wider than so many letters stand in a list instead of side by side."""

ADJUSTED = ("used", "accessories", "short", "freight", "agreed", "goodwill", "other")
"""Why an amount differs from the computed one (MO-2)."""


@dataclass(slots=True)
class Option:
    """One thing to choose: value, words, a second line, and the group it stands in."""

    value: str
    words: str
    note: str = ""
    group: str = ""
    off: bool = False
    photos: bool = False
    """Whether it needs photos (SO-27)."""


@dataclass(slots=True)
class FormField:
    """One input. `kind`: text, long, choice (few, side by side), pick (a list), suggest (text with a list), money, count, instant, flag, checks (several), photos, files (evidence), ground (of a dispute)."""

    name: str
    label: str
    kind: str
    required: bool
    most: int
    least: int
    value: Any = ""
    error: str = ""
    hint: str = ""
    options: list[Option] = field(default_factory=list)
    grounds: list[GroundShown] = field(default_factory=list)
    must: bool = False
    """Needed, though the browser does not insist: what is left open is refused when it is sent."""
    pictures: list[str] = field(default_factory=list)
    """Photos the case has already, to be named as proof."""


def form_of(
    command: type[Command], offers: Offers, typed: Mapping[str, Any], wrong: Sequence[Refusal], lang: str, say: Any,
) -> list[FormField]:
    """The inputs of a command in order. `typed` by name (empty: defaults); `say` tells a refusal in words."""
    errors = {r.field: say(r) for r in wrong if r.field}
    out = []
    for item in inputs(command):
        if item.name == "person_name" or (command is AnswerCall and item.name == "dispute") or (command is Propose and item.name in TERMS and item.name not in proposals.inputs_of(offers.state)):
            continue
        made = _field(command, item, offers, lang)
        if item.name in typed:
            made.value = typed[item.name].split(",") if made.kind == "checks" and isinstance(typed[item.name], str) else typed[item.name]
        made.error = errors.get(item.name, "")
        out.append(made)
    return out


def _field(command: type[Command], item: CommandField[Any], offers: Offers, lang: str) -> FormField:
    meta, name, of = item.metadata, item.name, verb(command)
    made = FormField(name, (meta["zh"], meta["en"])[wording.at(lang)], meta["kind"], meta["required"], meta["most"], meta["least"])
    if meta["kind"] == "choice":
        made.options = [Option(code, wording.choice(name, code, lang)) for code in meta["choices"] if command is not Propose or name != "offer" or code in proposals.offered(offers.state)]
        side_by_side = len(made.options) <= 5 and sum(_width(o.words) for o in made.options) <= SIDE_BY_SIDE
        made.kind, made.value = "choice" if side_by_side and of != "offer_settlement" else "pick", offers.default(of, name)
    elif meta["kind"] == "count":
        made.value = offers.default(of, name)
    elif tree := TREES.get((of, name)):
        made.kind, made.options = "pick", _tree(offers, tree, lang)
    elif meta["kind"] == "ground":
        made.grounds = offers.grounds
    elif meta["kind"] == "photos" and of in EVIDENCE:
        made.kind, made.required = "files", of == "add_evidence"
    elif meta["kind"] == "photos" and of in PROVING:
        made.pictures, made.hint = offers.pictures, catalogue.say(lang, "grounds.photos_hint", n=meta["most"])
    elif meta["kind"] == "codes":
        made.kind, made.value = "checks", sorted(findings.of_case(offers.facts)[0]) if of == "record_findings" else []
        made.options = [Option(code, words[wording.at(lang)], group=catalogue.say(lang, "findings.unfit" if resale else "findings.not_handled")) for code, words, resale in offers.findings()]
    elif (of, name) == ("abandon", "words"):
        made.hint = _words_hint(offers, lang)
    elif name == "adjust_reason":
        made.kind, made.options = "pick", [Option(code, wording.choice(name, code, lang)) for code in ADJUSTED]
    elif name == "carrier":
        made.kind, made.options = "suggest", [Option(name, name) for name in offers.carriers]
    elif (of, name) == ("assign", "person"):
        made.kind, made.options = "pick", [Option(p.id, p.name) for p in offers.colleagues]
    elif meta["kind"] in ("address", "sku", "request"):
        _offered(made, of, meta["kind"], offers)
    elif meta["kind"] == "money":
        made.hint = offers.money_hint(name) if of != "claim_back" else advances.claim_hint(offers.facts, offers.quantity, offers.currency, lang)
    return made


def _offered(made: FormField, of: str, kind: str, offers: Offers) -> None:
    made.kind = "suggest" if kind == "sku" else "pick"
    if kind == "address":
        made.options = [Option(a.id, a.label, a.place) for a in offers.addresses]
        made.value = next((a.id for a in offers.addresses if a.is_default), "")
    elif kind == "request":
        made.options = _charges(offers) if made.name == "charge" else _requests(of, offers)
        made.value = made.options[0].value if len(made.options) == 1 else ""
    else:
        made.options = [Option(s.sku, offers.sku_words(s), off=s.on_hand is not None and s.on_hand - s.held <= 0) for s in offers.stock]
        made.value = "" if of == "propose" else (offers.facts.get("agreed") or {}).get("sku") or offers.sku
        made.hint = catalogue.say(offers.lang, "negotiation.sku_hint") if of == "propose" else made.hint


def _width(words: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in words)


def _requests(of: str, offers: Offers) -> list[Option]:
    """Refund requests a command can be about: those that failed for a retry, those that wait for a person for a transfer."""
    fitting = [q for q in offers.requests if q.id in (offers.failed if of == "retry_refund" else offers.by_hand)]
    return [Option(q.id, f"{show.money(q.amount, offers.currency)} · {wording.way(q.method or q.provider, offers.lang)}") for q in fitting]


def _charges(offers: Offers) -> list[Option]:
    return [Option(charge, show.money(amount, offers.currency)) for charge, amount in offers.charges.items()]


def _words_hint(offers: Offers, lang: str) -> str:
    """Which ways of giving up need words under the pack (SO-27)."""
    groups = () if offers.pack is None else offers.pack.review_reasons["abandon"]
    which = [(leaf.zh, leaf.en)[wording.at(lang)] for group in groups for leaf in group.leaves if leaf.text_required]
    return catalogue.say(lang, "grounds.words_hint", which=catalogue.say(lang, "findings.and").join(which)) if which else ""


def _tree(offers: Offers, tree: str, lang: str) -> list[Option]:
    groups: Any = () if offers.pack is None else offers.pack.platform_reasons["merchant"] if tree == "platform" else offers.pack.review_reasons.get(tree, ())  # type: ignore[call-overload]
    n = wording.at(lang)
    needs = catalogue.say(lang, "grounds.needs_photos")
    return [Option(leaf.code, (leaf.zh, leaf.en)[n], needs if leaf.photos_required else "", (g.zh, g.en)[n], photos=leaf.photos_required) for g in groups for leaf in g.leaves]


def typed_of(command: type[Command], post: Any) -> dict[str, Any]:
    """What stands in the form, as strings, to be shown again; photos are told apart by `PHOTOS_KEPT`."""
    return {
        i.name: ",".join(filter(None, post.getlist(i.name))) if i.metadata["kind"] == "codes" else post.get(i.name, "")
        for i in inputs(command) if i.metadata["kind"] != "photos" and i.name in post
    }


def body_of(command: type[Command], typed: Mapping[str, Any], photos: list[str], offers: Offers, zone: ZoneInfo) -> dict[str, Any]:
    """The command's body out of a form: money in minor units, instants with their zone, photo ids. What cannot be read stays as typed, to be refused."""
    body: dict[str, Any] = {}
    typed = proposals.only_its_own(offers.state, typed) if command is Propose else typed
    for item in inputs(command):
        kind, given = item.metadata["kind"], typed.get(item.name, "")
        text = ",".join(given) if kind == "codes" and isinstance(given, list) else str(given).strip()
        if kind == "photos":
            body[item.name] = photos
        elif kind == "money" and text:
            read = Money.parse(text.replace(",", "").lstrip("¥$€£"), offers.currency)
            body[item.name] = str(read.amount) if read else "?"
        elif kind == "instant" and text:
            body[item.name] = _instant(text, zone)
        elif item.name == "person_name":
            body[item.name] = next((p.name for p in offers.colleagues if p.id == typed.get("person")), "")
        else:
            body[item.name] = text
    return body


def _instant(text: str, zone: ZoneInfo) -> str:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (read if read.tzinfo else read.replace(tzinfo=zone)).isoformat()


def written(minor: int, currency: str) -> str:
    """An amount as it stands in an input: 129.00."""
    digits = exponent(currency)
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}d}" if digits else str(minor)

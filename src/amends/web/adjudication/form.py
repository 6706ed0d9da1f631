"""The form of a judgement (DI-6, DI-6a): fault and outcome apart, amounts with their limits, rules by number, replies with templates. What was typed stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.commands import Command, build, inputs, sketch
from amends.core.refusal import Refusal
from amends.core.rules_evidence import still_open
from amends.core.verbs.dispute import LIABILITIES, OUTCOMES, PAYERS_BACK, Adjudicate, DismissAppeal, UpholdAppeal
from amends.engine import drafts
from amends.engine.ids import new_id
from amends.web import catalogue, show, wording
from amends.web.adjudication import ways
from amends.web.adjudication.reading import Desk
from amends.web.case import fields
from amends.web.case.fields import written
from amends.web.rights import may
from amends.web.settings_pages.ground import Filled

TEMPLATES = ("merchant_unproven", "quality_proven", "buyer_unproven", "carrier_lost", "carrier_late", "both", "promise", "wrong_goods", "refund_due", "no_fault")
"""Replies to begin with; each has words for either side."""
SIMPLE = ("liability", "outcome", "amount", "freight_by", "freight", "freight_way", "compensation", "advance", "words_buyer", "words_merchant")
HANDS_OVER = ("refund", "return_and_refund")
JUDGES: dict[str, type[Command]] = {"adjudicate": Adjudicate, "uphold_appeal": UpholdAppeal}


@dataclass(slots=True)
class Template:
    """One reply to begin with: its name, and the words for either side."""

    code: str
    name: str
    buyer: str
    merchant: str


@dataclass(slots=True)
class RuleLine:
    """One rule of the pack's book, and whether the judgement names it."""

    number: str
    words: str
    on: bool


@dataclass(slots=True)
class JudgeForm:
    """The form as it stands. `off`: why this person may not use it now; `waits`: why it can be written and kept but not given yet; `wrong`: refusals about no field; `errors` by field.
    `drafted_at`: when what stands in it was kept; `changed`: the dispute has gone on since."""

    verb: str
    typed: dict[str, str]
    off: str = ""
    wrong: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    rules: list[RuleLine] = field(default_factory=list)
    liabilities: list[tuple[str, str]] = field(default_factory=list)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    payers: list[tuple[str, str]] = field(default_factory=list)
    ways: list[ways.Option] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    command_id: str = ""
    drafted: bool = False
    dismiss_off: str = ""
    waits: str = ""
    drafted_at: datetime | None = None
    changed: bool = False


def verb_of(desk: Desk) -> str:
    """The command by which a judgement is given in this state, or will be once evidence has ended; empty where none is."""
    if desk.mode == "early":
        return "adjudicate" if desk.seen.case.state == "awaiting_evidence" else ""
    return {"judge": "adjudicate", "appeal": "uphold_appeal"}.get(desk.mode, "")


def _waits(request: Any, desk: Desk, blocked: Refusal | None) -> str:
    """Why the judgement is only written for now: evidence is still open (DI-5), or a question waits for its answer."""
    if desk.mode == "early":
        open_ = still_open(desk.facts, request.now)
        asked = next((q["side"] for q in desk.facts.get("questions") or () if not q.get("answer")), "")
        return _until(request, open_) if open_ else catalogue.say(request.lang, f"adjudication.waits_{asked or 'clock'}")
    return _until(request, blocked) if blocked is not None and blocked.code == "evidence_still_open" else ""


def _until(request: Any, open_: Refusal) -> str:
    """Until when, and who has not said that nothing more comes; in fewer words than the refusal."""
    until = show.moment(datetime.fromisoformat(open_.facts["until"]), request.now, request.zone, request.lang)
    return catalogue.say(request.lang, "adjudication.waits_evidence", when=until, who=open_.facts["zh" if request.lang == "zh" else "en"])


def typed_of(post: Any) -> dict[str, str]:
    """What stands in the form, as strings; rules line by line."""
    out = {name: post.get(name, "") for name in SIMPLE if name in post}
    out["rules"] = "\n".join(n.strip()[:40] for n in post.getlist("rules") if n.strip())
    return out


def first(desk: Desk) -> dict[str, str]:
    """Before anybody has typed: what the buyer asks for, within what there is; in an appeal the judgement as it was."""
    case, facts = desk.seen.case, desk.facts
    if desk.mode == "appeal" and (was := facts.get("judgement")):
        out = {name: str(was.get(name) or "") for name in ("liability", "outcome", "freight_by", "freight_way")}
        out |= {name: written(was[name], case.currency) if was.get(name) else "" for name in ("amount", "freight", "compensation")}
        return out | {"advance": "on" if was.get("advance") else "", "rules": "\n".join(was.get("rules") or ())}
    demand = case.expectation if case.expectation in OUTCOMES else ""
    asked = min(int(facts.get("asked_amount") or desk.room), desk.room) if demand in HANDS_OVER else 0
    asked_too = int(facts.get("asked_amount") or 0) if demand == "compensation" else 0
    return {"outcome": demand, "amount": written(asked, case.currency) if asked else "", "compensation": written(asked_too, case.currency) if asked_too else ""}


def body_of(command: type[Command], desk: Desk, typed: Mapping[str, Any], zone: Any) -> dict[str, Any]:
    """The command's body: amounts that do not belong to the outcome chosen are left out, as the form hides them."""
    given = dict(typed)
    outcome = given.get("outcome", "")
    if outcome not in HANDS_OVER:
        given["amount"] = ""
    if outcome == "nothing":
        given["compensation"] = given["freight"] = given["freight_by"] = given["freight_way"] = given["advance"] = ""
    if given.get("liability") not in ("merchant", "shared", "", None):
        given["advance"] = ""
    if not given.get("freight_by"):
        given["freight"] = given["freight_way"] = ""
    body = fields.body_of(command, given, [], desk.offers, zone)
    if "rules" in {i.name for i in inputs(command)}:
        body["rules"] = [n for n in str(given.get("rules", "")).split("\n") if n]
    return body


def built(command: type[Command], desk: Desk, typed: Mapping[str, Any], zone: Any) -> tuple[Command | None, list[Refusal]]:
    """The command, or all that is wrong with what was typed."""
    return build(command, body_of(command, desk, typed, zone))


def sketched(command: type[Command], desk: Desk, typed: Mapping[str, Any], zone: Any) -> Command:
    """The command as far as it can be read, to be looked at."""
    return sketch(command, body_of(command, desk, typed, zone))


def form_of(request: Any, desk: Desk, typed: Mapping[str, str] | None = None, wrong: Sequence[Refusal] = (), command_id: str = "") -> JudgeForm | None:
    """The form, or None where there is nothing to judge."""
    verb = verb_of(desk)
    if not verb:
        return None
    lang, move = request.lang, desk.move(verb)
    kept = drafts.load(request.house.pool, desk.merchant_id, request.person.id, desk.seen.case.id).get(verb) if typed is None else None
    values = dict(typed) if typed is not None else {k: str(v) for k, v in kept.body.items()} if kept else first(desk)
    numbers = set(values.get("rules", "").split("\n"))
    named = {i.name for i in inputs(JUDGES[verb])}
    missing = None if may(request.person, f"dispute.{verb}") else Refusal("permission_missing", {"permission": f"dispute.{verb}"})
    blocked = missing or (move.blocked if move else None)
    waits = "" if missing else _waits(request, desk, blocked)
    dismiss = desk.move("dismiss_appeal")
    return JudgeForm(
        verb, Filled(values), desk.tell(request, blocked) if blocked and not waits else "", [desk.tell(request, r) for r in wrong if r.field not in named], Filled({r.field: desk.tell(request, r) for r in wrong if r.field in named}),
        [RuleLine(r.number, r.zh if lang == "zh" else r.en, r.number in numbers) for r in desk.section.rules],
        [(code, catalogue.say(lang, f"adjudication.fault_{code}")) for code in LIABILITIES], [(code, wording.choice("outcome", code, lang)) for code in OUTCOMES],
        [(code, catalogue.say(lang, f"adjudication.by_{code}")) for code in PAYERS_BACK], ways.options(desk, lang), templates(lang), command_id or new_id(), kept is not None,
        desk.tell(request, dismiss.blocked) if dismiss and dismiss.blocked else "", waits, kept.saved_at if kept else None, kept is not None and (kept.case_version or 0) < desk.seen.case.version,
    )


def templates(lang: str) -> list[Template]:
    """Every reply to begin with."""
    return [
        Template(code, catalogue.say(lang, f"adjudication.tpl_{code}"), catalogue.say(lang, f"adjudication.tpl_{code}_buyer"), catalogue.say(lang, f"adjudication.tpl_{code}_merchant")) for code in TEMPLATES
    ]


__all__ = ["DismissAppeal", "JudgeForm", "body_of", "built", "first", "form_of", "sketched", "templates", "typed_of", "verb_of"]

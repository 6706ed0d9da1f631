"""The page of one case: everything read, worded and laid out (UI-2, SO-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse

from amends.core.actor import Actor
from amends.core.commands import Command, build, inputs, sketch, verb
from amends.core.dispute_sight import REMARKS, event_for_side, unsettled, unsettled_ticket, with_others
from amends.core.pack import Pack
from amends.core.refusal import Refusal
from amends.core.strategy import node_of
from amends.engine import drafts, presence
from amends.engine.deadlines import pack_opened_under
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import new_id
from amends.engine.sight import Sight, see
from amends.store.screens.case import CaseSeen, read_case
from amends.store.screens.case_rows import EventRow, MessageRow
from amends.store.screens.queue_filter import QUEUES
from amends.web import compensation_card, page, wording
from amends.web.case import advances, alert, charges, effect_line, fields, proposals, ticket_beside, trail
from amends.web.case.answers import answers
from amends.web.case.buttons import Buttons, buttons_of, idle
from amends.web.case.going import going
from amends.web.case.layouts import LAYOUTS, Layout
from amends.web.case.money_lines import money_lines
from amends.web.case.offers import Offers, attributes, offers_of, pieces
from amends.web.case.story import pack_name, story
from amends.web.disputes import panel
from amends.web.finance import case_ledger

NOT_YET = frozenset({"ground_unknown", "evidence_needs_file", "evidence_kind_missing", "ground_needs_photos", "ground_needs_words", "photos_missing"})
"""Refusals about what nobody has chosen yet: while a form is being filled in they go without saying."""


class Known(dict[str, Any]):
    """Facts of a case for a template: what was never noted is None, not an error."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass(slots=True)
class Doing:
    """A command whose form is open: what was typed, what is wrong with it, photos kept so far, and the id under which it acts once."""

    command: type[Command]
    typed: Mapping[str, Any] = field(default_factory=dict)
    wrong: Sequence[Refusal] = ()
    photos: list[str] = field(default_factory=list)
    command_id: str = ""
    conflict: Answer | None = None

    @property
    def verb(self) -> str:
        """The command's name."""
        return verb(self.command)


@dataclass(slots=True)
class Read:
    """A case as read for one person."""

    seen: CaseSeen
    sight: Sight
    pack: Pack | None
    offers: Offers
    actor: Actor

    @property
    def layout(self) -> Layout:
        """How this kind of case is laid out."""
        return LAYOUTS[self.seen.case.kind]

    def tell(self, request: Any, refusal: Refusal) -> str:
        """A refusal in words."""
        return wording.refusal(refusal, request.lang, request.zone, request.now, self.seen.case.currency, self.seen.case.kind)


def read(request: Any, case_id: str) -> Read | None:
    """Two round trips: what the page shows, and what this person may do."""
    pool, merchant = request.house.pool, request.person.merchant_id
    seen = read_case(pool, merchant, case_id, request.now)
    actor = request.person.actor()
    sight = see(pool, merchant, case_id, actor, request.now) if seen else None
    if seen is None or sight is None:
        return None
    seen.case.facts = Known(seen.case.facts)
    if seen.case.kind == "dispute":
        for event in seen.events:
            event.body = event_for_side(event.name, event.body, "merchant")
    for event in seen.events:
        event.body = {**event.body, "input": {}} if event.name in REMARKS else event.body
    seen.events = [e for e in seen.events if not unsettled(e.name, str(e.body.get("to", ""))) and not (seen.case.kind == "ticket" and unsettled_ticket(e.name, e.body)) and not (seen.case.kind == "dispute" and with_others(e.name, e.body, "merchant"))]
    told: list[EventRow | MessageRow] = [*seen.events, *seen.messages]
    for row in told:
        if row.actor_kind == "platform":  # of the platform's people a merchant reads that it was the platform
            row.actor_name = ""
    pack = sight.deadlines.pack
    return Read(seen, sight, pack, offers_of(seen, sight.facts, pack, request.lang), actor)


def read_or_404(request: Any, case_id: Any, kind: str = "") -> Read:
    """The same; a case that is not there, or not this merchant's, or (where a kind is named) of another kind, is no page."""
    given = read(request, str(case_id))
    if given is None or kind not in ("", given.seen.case.kind):
        raise Http404
    return given


def show_case(request: Any, given: Read, *, doing: Doing | None = None, revealed: bool = False, status: int = 200) -> HttpResponse:
    """The whole page; with `doing`, the form of that command stands in the bar below."""
    return page.render(request, "case/page.html", context(request, given, doing, revealed), status)


def context(request: Any, given: Read, doing: Doing | None, revealed: bool = False) -> dict[str, Any]:
    """What the templates of a case may say."""
    seen, sight, lang = given.seen, given.sight, request.lang
    standing = page.standing(request)
    say, moment, case = standing["t"], standing["moment"], seen.case
    late_goods = differs(seen)
    layout = given.layout
    buttons = buttons_of(layout, sight.moves, case.state, case.type, lang, lambda r: given.tell(request, r), late_goods, idle(sight.facts) | layout.elsewhere)
    people = presence.who(request.house.pool, request.person.merchant_id, [case.id], request.now, but=request.person.id).get(case.id, [])
    return {
        "seen": seen, "case": case, "layout": layout, "strategy_node": node_of(case.kind, case.state) if case.closed_at is None else "", "answers": answers(request, given), "hurries": hurries(request, given), "zero": effect_line.at_zero(seen, say),
        "pieces_of": [(line, case.pieces[line.id]) for line in seen.lines if line.id in case.pieces],
        "source_word": lambda code: wording.known(f"queue.source_{code}", lang, code), "intercept_word": lambda code: wording.known(f"queue.intercept_{code}", lang, code),  "order": seen.order, "line": seen.line, "pack": given.pack, "offers": given.offers, "revealed": revealed, "differs": late_goods,
        "buttons": buttons, "effects": [e for e in seen.effects if e.attempts or e.dead_at or e.effect == "pay_refund"], "people": people, "trail": trail.carried(request), "link": trail.address,
        "money_lines": money_lines(seen, sight.entitled, say, lang), "story": story(seen, given.pack, say, lang, moment),
        "word": lambda name, code: wording.choice(name, code, lang), "state_word": lambda name, lang, kind=case.kind: wording.state(name, lang, kind), "command_word": wording.command, "attributes": attributes, "pieces": lambda row: pieces(row, lang), "way": wording.way,
        "pack_name": pack_name(pack_opened_under(case.facts), given.pack, lang), "then": lambda code: effect_line.then(code, say),
        "rule_source": lambda key: wording.source(pack_opened_under(case.facts), key, lang),
        "latest": lambda at: effect_line.latest(at, moment), "marked": lambda text: alert.in_description(text, case.facts),
        "alert": alert.box_of(case.facts, case.type, buttons, lang, say), "said_marked": lambda told: alert.in_message(told.words, told.version, case.facts), "photos_of": photos_of(seen),
        "form": form_context(request, given, doing, buttons), "said": said(request), "fresh_id": new_id, "back": trail.back(request), **compensation_card.of_case(request, case.id), **case_ledger.of_case(request, case),
        "going": going(case.facts, lang), **charges.of_case(request, case), **proposals.of_case(case, given.pack, lang), **advances.of_case(case, lang), **panel.of_case(request, given), **ticket_beside.of_case(request, given),
    }


def form_context(request: Any, given: Read, doing: Doing | None, buttons: Buttons) -> dict[str, Any]:
    """The form below: of the command being done, else of the primary one; with its effect from a dry run (SO-33)."""
    command = doing.command if doing else buttons.primary.command if buttons.primary else None
    if command is None:
        return {"command": None, "fields": [], "effect": None, "wrong": [], "verb": "", "open": False, "conflict": None, "off": "", "gone": False}
    typed, draft = dict(doing.typed) if doing else {}, None
    if not typed or request.method != "POST":
        draft = drafts.load(request.house.pool, request.person.merchant_id, request.person.id, given.seen.case.id).get(verb(command))
        # What the address asks for comes before what was typed another time.
        typed = {k: v for k, v in (draft.body if draft else {}).items() if isinstance(v, str)} | typed
    wrong = list(doing.wrong) if doing else []
    made = fields.form_of(command, given.offers, typed, wrong, request.lang, lambda r: given.tell(request, r))
    values = {f.name: f.value for f in made if f.kind not in ("photos", "files")} | typed
    off = next((b.off for b in (buttons.primary, *buttons.row, *buttons.more) if b and b.command is command), "")
    return {
        "command": command, "verb": verb(command), "fields": made, "open": doing is not None, "off": off,
        "gone": not any(m.verb == verb(command) for m in given.sight.moves),
        "effect": effect(request, given, command, values), "wrong": [given.tell(request, r) for r in wrong if not any(r.field == f.name for f in made)],
        "command_id": (doing.command_id if doing else "") or new_id(), "version": given.seen.case.version, "photos": (doing.photos if doing else []) or (draft.files if draft else []),
        "conflict": doing.conflict if doing else None, "drafted": draft is not None, "label": (command.zh, command.en)[wording.at(request.lang)],
    }


def form_of_command(request: Any, given: Read, doing: Doing) -> dict[str, Any]:
    """The same for one command on a page of its own."""
    return form_context(request, given, doing, Buttons())


def effect(request: Any, given: Read, command: type[Command], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The phrases of a dry run of what is typed so far; fields not yet filled are let be, other refusals are told."""
    body = fields.body_of(command, typed, [], given.offers, request.zone)
    _, wrong = build(command, body)
    wrong = [r for r in wrong if r.code != "required"]
    if wrong:
        return {"phrases": [], "wrong": given.tell(request, wrong[0]), "sum": "", "sum_moves": sum_moves(command)}
    asked = Asked(new_id(), request.person.merchant_id, given.seen.case.id, sketch(command, body), given.actor)
    answer = handle(request.house.pool, [asked], request.now, dry_run=True)[0]
    if answer.refusal is not None and answer.refusal.code in NOT_YET and not typed.get(answer.refusal.field or ""):
        return {"phrases": [], "wrong": "", "sum": "", "sum_moves": sum_moves(command)}
    if answer.refusal is not None:
        return {"phrases": [], "wrong": given.tell(request, answer.refusal), "sum": "", "sum_moves": sum_moves(command)}
    standing = page.standing(request)
    return {"phrases": effect_line.phrases(answer.plan, given.offers, standing["t"], standing["moment"], given.seen.case.granted), "wrong": "", "sum": effect_line.total(answer.plan), "sum_moves": sum_moves(command)}


def sum_moves(command: type[Command]) -> bool:
    """Whether what is typed changes the sum on the button, so that it has to follow."""
    return any(item.name == "amount" for item in inputs(command))


def hurries(request: Any, given: Read) -> bool:
    """Whether the case has waited for its review, or its answer, longer than it should, whatever its clock says (CA-5, TI-2)."""
    case = given.seen.case
    plain = (case.facts["clock"] or {}).get("plain_due_at")  # later by what suspensions have moved its clock (PO-15)
    moved = case.due_at - datetime.fromisoformat(plain) if plain and case.due_at else timedelta()
    if case.closed_at is None and (red_at := case.facts["red_at"]):
        return bool(datetime.fromisoformat(red_at) + moved <= request.now)
    listed = any(q.hurries and q.kind == case.kind and case.state in q.states for q in QUEUES.values())
    waits = given.sight.deadlines.pack.cancellation.urgent_after
    return listed and (request.now - case.opened_at - moved).total_seconds() >= waits


def differs(seen: CaseSeen) -> bool:
    """What arrived is not what was applied for, and the buyer has not been told (SO-15)."""
    case, got = seen.case, seen.case.facts.get("received")
    if case.state != "processing" or got is None or any(e.name == "discrepancy_raised" for e in seen.events):
        return False
    return unlike(case.quantity, int(got), case.facts.get("condition"), case.fault)


def unlike(applied: int, received: int, finding: str | None, fault: str | None) -> bool:
    """Whether a receipt differs from the application: short, another thing, or damaged where the buyer named no fault."""
    return received < applied or finding not in (None, "good", "damaged") or (finding == "damaged" and fault == "buyer")


def photos_of(seen: CaseSeen) -> list[Any]:
    """The pictures the application was made with, in the buyer's order."""
    return [seen.files[p] for p in seen.case.facts.get("photos") or () if p in seen.files]


def said(request: Any) -> str:
    """What the last command did, told once above the page it led to: `?done=<verb>.<number>`."""
    done = request.GET.get("done", "")
    name, _, number = done.partition(".")
    label = wording.command(name, request.lang)
    return page.standing(request)["t"]("case.done", number=number, what=label) if number and label != name and len(done) < 80 else ""

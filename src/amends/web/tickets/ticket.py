"""One ticket on the platform's desk: the conversation, what it is about, and what the platform does on it, once (TI-3, TI-5, TI-6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.actor import Party
from amends.core.cases import TABLES
from amends.core.commands import build, inputs
from amends.core.machine import Move
from amends.core.refusal import Refusal
from amends.core.rules_ticket import WITH_AMOUNT
from amends.core.rules_ticket_second import PROPOSED
from amends.engine import desk as hands
from amends.engine import drafts, notices, sight
from amends.engine.deadlines import pack_opened_under
from amends.engine.evidence_files import EVIDENCE, MOST_BYTES, take_evidence
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id, new_id
from amends.store import files
from amends.store.connect import PLATFORM, scope
from amends.store.screens import tickets as reads
from amends.store.screens.case import CaseSeen, read_case
from amends.web import catalogue, draft_files, evidence_view, page, wording
from amends.web.case import effect_line, fields, ticket_beside
from amends.web.case.fields import PHOTOS_KEPT, FormField
from amends.web.case.offers import Offers, attributes, offers_of
from amends.web.case.story import pack_name, story
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.mail.card import mails_of
from amends.web.rights import may
from amends.web.show import money
from amends.web.tickets.waiting import waits_of

FIRST = {"awaiting_merchant": "follow_up", "awaiting_other_side": "follow_up", "transferred": "decide_ticket", "resolved": "close_ticket"}
"""What stands open first in each state; what waits for a second person comes before it."""
SECOND = ("approve_decision", "return_decision")
UNSAID = frozenset({"ticket_waits_second", "ticket_nothing_to_approve"})
"""Refusals that the page says once above the forms, or that go without saying."""
BESIDE = ("set_priority",)
ELSEWHERE = ("set_subject",)
"""What is done beside what it is about, not among the forms."""
LEFT_OUT = {"follow_up": ("sent",)}


@dataclass(slots=True)
class Deed:
    """One command as a form: `off` why it cannot be given, `wrong` what was wrong with the last try, `kept` files of it."""

    verb: str
    label: str
    inputs: list[FormField]
    off: str = ""
    command_id: str = field(default_factory=new_id)
    wrong: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    open: bool = False
    danger: bool = False
    drafted: bool = False
    """What stands in it was typed before and not sent."""


@dataclass(slots=True)
class Tried:
    """What was sent and not carried out."""

    verb: str
    typed: dict[str, Any]
    command_id: str
    kept: list[str]
    wrong: list[Refusal]


@platform("read")
@require_safe
def show(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page."""
    seen = _seen(request, str(merchant_id), str(case_id))
    notices.read_case(request.house.pool, str(merchant_id), seen.case.id, "platform", request.now)
    return _page(request, str(merchant_id), seen)


@platform("read")
@require_POST
def take(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """This ticket is mine to work on."""
    refusal = hands.take(request.house.pool, by(request), str(merchant_id), str(case_id), request.now)
    return page.refused(request, refusal) if refusal else _back(merchant_id, case_id, "taken")


@platform("read")
@require_POST
def do(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """Carry a command out, once; a refusal brings the page back with what was typed and the reason."""
    merchant, seen = str(merchant_id), _seen(request, str(merchant_id), str(case_id))
    command = TABLES["ticket"].commands.get(verb)
    if command is None:
        raise Http404
    given, version = request.POST.get("command_id", ""), request.POST.get("version", "")
    tried = Tried(verb, fields.typed_of(command, request.POST), given if is_id(given) else new_id(), [], [])
    tried.kept, tried.wrong = _files(request, merchant, tried.command_id) if verb in EVIDENCE else ([], [])
    made, unread = build(command, fields.body_of(command, tried.typed, tried.kept, _look(request, merchant, seen)[1], request.zone))
    tried.wrong += unread
    if made is None or tried.wrong:
        _keep(request, merchant, seen, verb, tried.typed, tried.kept)
        return _page(request, merchant, seen, tried, 422)
    asked = Asked(tried.command_id, merchant, seen.case.id, made, request.person.actor(), int(version) if version.isdecimal() else None, kind="ticket")
    answer = handle(request.house.pool, [asked], request.now)[0]
    if answer.refusal is None:
        drafts.drop(request.house.pool, merchant, request.person.id, seen.case.id, verb)
        waits = verb in PROPOSED and answer.state == "transferred" and _seen(request, merchant, seen.case.id).case.facts.get("pending")
        return _back(merchant_id, case_id, "waits" if waits else verb)
    _keep(request, merchant, seen, verb, tried.typed, tried.kept)
    refusal = answer.refusal
    tried.wrong = [refusal]
    return _page(request, merchant, _seen(request, merchant, seen.case.id), tried, refusal.status)


@platform("read")
@require_POST
def draft(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """Keep what is being typed, for this person and ticket."""
    command = TABLES["ticket"].commands.get(verb)
    if command is None:
        raise Http404
    merchant, given = str(merchant_id), request.POST.get("command_id", "")
    files, wrong = None, draft_files.full(request, merchant, request.person.id)
    if not wrong and verb in EVIDENCE and (request.FILES or draft_files.shown(request)):
        files, wrong = _files(request, merchant, given if is_id(given) else new_id())
    kept = _keep(request, merchant, _seen(request, merchant, str(case_id)), verb, fields.typed_of(command, request.POST), files)
    return draft_files.answer(request, "plain", files or [], wrong, kept=kept)


def _keep(request: Any, merchant: str, seen: CaseSeen, verb: str, typed: dict[str, Any], files: list[str] | None = None) -> bool:
    return drafts.save(request.house.pool, merchant, request.person.id, seen.case.id, verb, typed, seen.case.version, request.now, files)


@platform("read")
@require_safe
def file(request: Any, merchant_id: Any, case_id: Any, file_id: Any) -> HttpResponse:
    """One file, if it belongs to this ticket."""
    merchant, name = str(merchant_id), str(file_id)
    if name not in _seen(request, merchant, str(case_id)).files:
        raise Http404
    with scope(request.house.pool, PLATFORM) as conn:
        found = files.read(conn, merchant, name)
    if found is None:
        raise Http404
    return evidence_view.send(request, found, name)


def _back(merchant_id: Any, case_id: Any, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('ticket-desk', args=[merchant_id, case_id])}?done={done}", status=303)


def _seen(request: Any, merchant: str, case: str) -> CaseSeen:
    seen = read_case(request.house.pool, merchant, case, request.now)
    if seen is None or seen.case.kind != "ticket":
        raise Http404
    return seen


def _files(request: Any, merchant: str, once: str) -> tuple[list[str], list[Refusal]]:
    kept, wrong = [p for p in request.POST.getlist(PHOTOS_KEPT) if is_id(p)], []
    for sent in request.FILES.getlist("photos"):
        found = take_evidence(request.house.pool, merchant, sent.read(MOST_BYTES + 1), request.person.id, request.now, once=once)
        if isinstance(found, Refusal):
            wrong.append(Refusal(found.code, found.facts, "photos"))
        elif found not in kept:
            kept.append(found)
    return kept, wrong


def _look(request: Any, merchant: str, seen: CaseSeen) -> tuple[list[Move], Offers]:
    found = sight.see(request.house.pool, merchant, seen.case.id, request.person.actor(), request.now)
    return (found.moves if found else []), offers_of(seen, found.facts if found else {}, wording.pack_of(pack_opened_under(seen.case.facts)), request.lang)


def _page(request: Any, merchant: str, seen: CaseSeen, tried: Tried | None = None, status: int = 200) -> HttpResponse:
    case, standing, lang = seen.case, page.standing(request), request.lang
    pack = wording.pack_of(pack_opened_under(case.facts))
    moves, offers = _look(request, merchant, seen)
    kept = drafts.load(request.house.pool, merchant, request.person.id, case.id)
    made = [_deed(request, case, m, offers, tried, kept.get(m.verb)) for m in moves if Party.PLATFORM in m.step.by and m.verb not in ELSEWHERE and not (m.blocked and m.blocked.code in UNSAID)]
    made.sort(key=lambda d: (bool(d.off), d.verb not in SECOND, not d.open, d.danger))
    earlier = reads.earlier(request.house.pool, merchant, case.buyer_id, case.id) if case.buyer_id else []
    told = [line for line in story(seen, pack, standing["t"], lang, standing["moment"]) if line.sort != "note"]  # a merchant's notes are its own
    done, beside = request.GET.get("done", ""), ticket_beside.beside(pack, case.reason, seen.events, earlier, lang)
    beside.subjects = ticket_beside.subjects(pack, case, moves, lang)
    context = {
        "seen": seen, "case": case, "merchant_id": merchant, "shop": reads.merchant_name(request.house.pool, merchant), "tickets": beside, "subject_id": new_id(),
        "deeds": [d for d in made if d.verb not in BESIDE], "beside": [d for d in made if d.verb in BESIDE], "told": told, "holder": reads.holder(request.house.pool, merchant, case.id),
        "may_hold": any(may(request.person, p) for p in hands.WORKS["ticket"]), "attributes": attributes, "latest": lambda at: effect_line.latest(at, standing["moment"]),
        "word": lambda name, code: wording.choice(name, code, lang), "state_word": lambda name, kind="ticket": wording.state(name, lang, kind),
        "mails": mails_of(request, merchant, case.id),
        "pack_name": pack_name(pack_opened_under(case.facts), pack, lang), "zero": effect_line.at_zero(seen, standing["t"]), "order": seen.order,
        "said": wording.command(done, lang) if done in TABLES["ticket"].commands else standing["t"](f"tickets.desk_{done}") if done in ("taken", "waits") else "",
        "pending": waits_of(case, lang), "service": next((x for x in seen.others if x.id == case.facts.get("bound_case")), None),
    }
    return page.render(request, "tickets/ticket.html", context, status)


def _deed(request: Any, case: Any, move: Move, offers: Offers, tried: Tried | None, kept: drafts.Draft | None) -> Deed:
    def say(refusal: Refusal) -> str:
        return wording.refusal(refusal, request.lang, request.zone, request.now, case.currency, "ticket")

    mine = tried if tried is not None and tried.verb == move.verb else None
    draft = kept if mine is None and not move.blocked else None
    typed = mine.typed if mine else {k: v for k, v in draft.body.items() if isinstance(v, str)} if draft else _suggested(case, move.verb)
    form = [f for f in fields.form_of(move.command, offers, typed, mine.wrong if mine else [], request.lang, say) if f.name not in LEFT_OUT.get(move.verb, ())]
    named = {i.name for i in inputs(move.command)}
    made = Deed(move.verb, wording.command(move.verb, request.lang), form, say(move.blocked) if move.blocked else "", danger=move.verb in ("close_ticket", "refund_for_merchant", "return_decision"))
    for f in made.inputs:
        if f.kind == "money":
            f.hint = at_most(case, move.verb, offers, request.lang)
    first = SECOND[0] if case.facts.get("pending") else FIRST.get(case.state)
    made.drafted, made.open = draft is not None, mine is not None or (tried is None and (draft is not None or first == move.verb) and not made.off)
    made.kept = draft.files if draft else []
    if mine is not None:
        made.command_id, made.kept = mine.command_id, mine.kept
        made.wrong = [say(r) for r in mine.wrong if r.field not in named]
        if any(r.code == "command_id_reused" for r in mine.wrong):
            made.command_id = new_id()
    return made


def at_most(case: Any, verb: str, offers: Offers, lang: str) -> str:
    """The most each kind of money can be: a refund what is left of the order (MO-1), compensation what the pack awards beside it; in the merchant's place no more than was decided."""
    if not case.order_id:
        return ""
    refund, beside = (money(amount, case.currency) for amount in (offers.cap, offers.award_room))
    if verb == "decide_ticket":
        return catalogue.say(lang, "tickets.at_most_each", refund=refund, compensation=beside)
    decided = case.facts.get("decision") or {}
    most = offers.award_room if decided.get("decision") == "compensate" else offers.cap
    return catalogue.say(lang, "tickets.at_most", amount=money(min(most, decided["amount"]) if decided.get("decision") in WITH_AMOUNT else most, case.currency))


def _suggested(case: Any, verb: str) -> dict[str, str]:
    """TI-5: the platform decides by what was asked, so that stands there first; in the merchant's place it pays what was decided."""
    if verb == "decide_ticket":
        amount = case.facts.get("asked_amount")
        return {"decision": case.expectation if case.expectation != "explain" else "", **({"amount": fields.written(amount, case.currency)} if amount else {})}
    if verb == "refund_for_merchant" and (amount := (case.facts.get("decision") or {}).get("amount")):
        return {"amount": fields.written(amount, case.currency)}
    if verb == "bind_ticket":
        return {"number": str(case.facts.get("bound_number") or "")}
    return {}

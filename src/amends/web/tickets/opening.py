"""The platform opens a ticket: to which merchant, of which origin, about what, with documents (05-tickets)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.money import Money, exponent
from amends.core.pack_tickets import ORIGINS
from amends.core.refusal import Refusal
from amends.core.verbs.ticket import ASKS
from amends.engine import drafts
from amends.engine.evidence_files import MOST_BYTES, take_evidence
from amends.engine.ids import is_id, new_id
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.store.screens import platform as merchants
from amends.store.screens import tickets as reads
from amends.web import draft_files, page, wording
from amends.web.case.fields import PHOTOS_KEPT
from amends.web.gate import platform
from amends.web.settings_pages.ground import Filled

FROM_HERE = ("complaint", "regulator", "enquiry")
COMMAND = "open_ticket"
"""A draft of a new ticket is kept under this name, one for each merchant."""
_PLACE = UUID("8a6d6f0e-52f7-5c1f-8c0d-0d2f7f1c9b11")
NAMES = ("merchant", "origin", "subject", "title", "number", "buyer_id", "asks", "amount", "words")


@platform("ticket.follow_up")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponse:
    """GET: the form. POST: the ticket, once; what is wrong stands beside its field and nothing typed is lost."""
    if request.method != "POST":
        return _begin(request)
    typed, given = {n: request.POST.get(n, "").strip() for n in NAMES}, request.POST.get("command_id", "")
    command = given if is_id(given) else new_id()
    if not is_id(typed["merchant"]) or typed["merchant"] not in {m["id"] for m in merchants.names(request.house.pool)}:
        return _form(request, typed, [Refusal("merchant_unknown", {"name": typed["merchant"] or "—"}, "merchant")], [], command)
    kept, wrong = _files(request, typed["merchant"], command)
    currency = reads.currency_of(request.house.pool, typed["merchant"], typed["number"])
    amount = Money.parse(typed["amount"].replace(",", "").lstrip("¥"), currency) if typed["amount"] else None
    if typed["amount"] and amount is None:
        wrong.append(Refusal("money_unreadable", {"text": typed["amount"], "currency": currency, "digits": exponent(currency)}, "amount"))
    if wrong:
        _keep(request, typed["merchant"], typed, kept)
        return _form(request, typed, wrong, kept, command)
    wish = NewTicket(
        typed["origin"], typed["subject"], typed["words"], typed["title"], typed["asks"] or "explain", amount.amount if amount else None, typed["number"], typed["buyer_id"][:64], tuple(kept),
    )
    answer = open_ticket(request.house.pool, typed["merchant"], wish, request.person.actor(), request.now, command)
    if isinstance(answer, list):
        _keep(request, typed["merchant"], typed, kept)
        return _form(request, typed, answer, kept, command)
    drafts.drop(request.house.pool, typed["merchant"], request.person.id, place(typed["merchant"]), COMMAND)
    return HttpResponseRedirect(reverse("ticket-desk", args=[typed["merchant"], answer.ticket_id]), status=303)


def place(merchant: str) -> str:
    """The id under which a draft of a new ticket is kept, where drafts ask for a case's."""
    return str(uuid5(_PLACE, merchant))


def _begin(request: Any) -> HttpResponse:
    """The empty form, what an address brings, or what was typed before and not sent."""
    given = {n: request.GET.get(n, "") for n in NAMES}
    merchant = given["merchant"]
    known = is_id(merchant) and merchant in {m["id"] for m in merchants.names(request.house.pool)}
    draft = drafts.load(request.house.pool, merchant, request.person.id, place(merchant)).get(COMMAND) if known else None
    typed = {n: str(draft.body.get(n, "")) for n in NAMES} | {"merchant": merchant} if draft else given
    return _form(request, typed, [], draft.files if draft else [], new_id(), drafted=draft is not None)


@platform("ticket.follow_up")
@require_POST
def draft(request: Any) -> HttpResponse:
    """Keep what is being typed, for this person and merchant."""
    typed = {n: request.POST.get(n, "") for n in NAMES}
    merchant = typed.pop("merchant")
    if not is_id(merchant) or merchant not in {m["id"] for m in merchants.names(request.house.pool)}:
        return HttpResponse(status=400)
    if not (typed["words"].strip() or typed["title"].strip() or typed["number"].strip()):
        typed = {}  # only choices that stand there from the start: nothing to keep
    files, wrong, given = None, draft_files.full(request, merchant, request.person.id), request.POST.get("command_id", "")
    if not wrong and (request.FILES or draft_files.shown(request)):
        files, wrong = _files(request, merchant, given if is_id(given) else new_id())
    kept = _keep(request, merchant, typed, files)
    return draft_files.answer(request, "plain", files or [], wrong, kept=kept)


def _keep(request: Any, merchant: str, typed: dict[str, str], files: list[str] | None) -> bool:
    return drafts.save(request.house.pool, merchant, request.person.id, place(merchant), COMMAND, {n: v for n, v in typed.items() if n != "merchant"}, None, request.now, files)


def _files(request: Any, merchant: str, command: str) -> tuple[list[str], list[Refusal]]:
    kept, wrong = [p for p in request.POST.getlist(PHOTOS_KEPT) if is_id(p)], []
    for sent in request.FILES.getlist("photos"):
        found = take_evidence(request.house.pool, merchant, sent.read(MOST_BYTES + 1), request.person.id, request.now, once=command)
        if isinstance(found, Refusal):
            wrong.append(Refusal(found.code, found.facts, "photos"))
        elif found not in kept:
            kept.append(found)
    return kept, wrong


def _form(request: Any, typed: dict[str, str], wrong: list[Refusal], kept: list[str], command: str, *, drafted: bool = False) -> HttpResponse:
    known = merchants.names(request.house.pool)
    chosen = typed["merchant"] if any(m["id"] == typed["merchant"] for m in known) else ""
    pack = wording.pack_of(reads.pack_of(request.house.pool, chosen)) if chosen else None
    at = wording.at(request.lang)
    context = {
        "typed": Filled(typed), "chosen": chosen, "wrong": {r.field: r for r in wrong if r.field}, "above": [r for r in wrong if not r.field or r.field not in (*NAMES, "photos")], "kept": kept, "command_id": command, "drafted": drafted,
        "merchants": known, "origins": {o: ORIGINS[o] for o in FROM_HERE}, "asks": ASKS, "word": lambda name, code: wording.choice(name, code, request.lang), "at": at,
        "subjects": [(s.code, (s.zh, s.en)[at], s.origins) for s in (pack.tickets.subjects if pack else ())],
    }
    return page.render(request, "tickets/new.html", context, 422 if wrong else 200)

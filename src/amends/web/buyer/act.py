"""Every act of the buyer goes through here: the form of a command, and its posting down the one road (SO-5, SO-12 … SO-30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.cases import TABLES
from amends.core.commands import Command, build, inputs
from amends.core.commands import verb as name_of
from amends.core.refusal import Refusal
from amends.core.verbs.buyer import RATINGS
from amends.engine import pickups
from amends.engine.evidence_files import EVIDENCE
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.store.pickups import Offer
from amends.web import page, wording
from amends.web.buyer import dispute, talk, typed, uploads
from amends.web.buyer import visit as visits
from amends.web.buyer.cancelled import own
from amends.web.buyer.case import VERBS, Opened, open_case
from amends.web.catalogue import say
from amends.web.gate import buyer

SLOTS = (9, 11, 13, 15, 17, 19)
"""Hours at which a pickup may start, each two hours long."""
DAYS_AHEAD = 5
FORMS = {"dispute": "dispute_act"}
"""Kinds of case whose forms look different."""
SENDING = frozenset({"ship_back", "book_pickup", "drop_off", "correct_waybill"})
"""Forms that name a carrier: connected ones are offered first, for they report by themselves (LO-1)."""


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Any, number: str, verb: str) -> HttpResponse:
    """The form of one command of the buyer's, and what became of it; a refusal comes back with everything typed."""
    opened = open_case(request, number)
    command = TABLES[opened.case.kind].commands.get(verb) if opened else None
    if opened is None or command is None or verb not in VERBS:
        return visits.missing(request)
    if verb == "say":
        return talk.talk(request, opened)
    if request.method == "POST":
        return _do(request, opened, verb, command)
    move = opened.move(verb)
    if move is None:
        blocked = next((m.blocked for m in opened.moves if m.verb == verb), None)
        return _form(request, opened, verb, command, _standing_values(opened, verb), [blocked or _not_now(verb, opened)], 409)
    standing, kept = _standing_values(opened, verb), typed.kept(request, opened, verb)
    if "photos" in standing:  # what the application has stays beside what was brought
        kept["photos"] = [*standing["photos"], *(p for p in kept.get("photos", ()) if p not in standing["photos"])]
    return _form(request, opened, verb, command, {**standing, **kept}, [], 200)


def _do(request: Any, opened: Opened, verb: str, command: type[Command]) -> HttpResponse:
    body, wrong = body_of(request, opened, command)
    built, refusals = build(command, body)
    refusals = wrong + refusals
    if refusals or built is None:
        typed.keep_files(request, opened, verb, body)
        return _form(request, opened, verb, command, body, refusals, refusals[0].status)
    answer = send(request, opened, built)
    if answer is not None:
        typed.keep_files(request, opened, verb, body)
        return _form(request, opened, verb, command, body, [answer], answer.status)
    typed.forget(request, opened, verb)
    return HttpResponseRedirect(f"{reverse('buyer-case', args=[opened.case.number])}?done={verb}")


def send(request: Any, opened: Opened, command: Command) -> Refusal | None:
    """Down the road; None when it was carried out (or had been, with the same command id)."""
    asked = Asked(
        _id_of(request.POST.get("command_id", "")), opened.visit.merchant_id, opened.case.id, command, request.buyer.actor(),
        int(v) if (v := request.POST.get("version", "")).isdigit() and len(v) < 9 else None,
    )
    return handle(request.house.pool, [asked], request.now)[0].refusal


def body_of(request: Any, opened: Opened, command: type[Command]) -> tuple[dict[str, Any], list[Refusal]]:
    """The form as a command's body; photos become ids, those kept from a refused form included."""
    body: dict[str, Any] = {}
    wrong: list[Refusal] = []
    for item in inputs(command):
        if item.metadata["kind"] == "photos":
            kept = uploads.own(request, opened.visit.merchant_id, opened.visit.buyer_id, request.POST.getlist(f"{item.name}_keep"))
            taken = uploads.take(request, opened.visit.merchant_id, opened.visit.buyer_id, item.name, kept, item.metadata["most"], _id_of(request.POST.get("command_id", "")), evidence=name_of(command) in EVIDENCE)
            body[item.name] = taken.ids
            wrong += [w.refusal for w in taken.wrong]
            request.photos_wrong = taken.wrong
        elif item.name in request.POST:
            body[item.name] = request.POST[item.name].replace("\r\n", "\n")
    if "slot" in request.POST:
        body["starts"], _, body["carrier"] = request.POST["slot"].partition(" ")
        wrong += [refusal] if (refusal := pickups.gone(request.house.pool, opened.visit.merchant_id, body["carrier"], body["starts"], request.now)) else []
    return body, wrong


def _standing_values(opened: Opened, verb: str) -> dict[str, Any]:
    """What a form starts with: the application as it stands, the waybill as it stands."""
    case = opened.case
    if verb == "change_application":
        return {"reason": case.reason, "description": case.facts.get("description", ""), "quantity": case.quantity, "photos": case.facts.get("photos", [])}
    if verb == "correct_waybill":
        parcel = case.facts.get("parcel", {})
        return {"carrier": parcel.get("carrier", ""), "waybill": parcel.get("waybill", "")}
    return {}


def _form(
    request: Any, opened: Opened, verb: str, command: type[Command], filled: Mapping[str, Any], refusals: list[Refusal], status: int
) -> HttpResponse:
    """`wrong`: sentence by field; `general`: what is about the whole."""
    fields = {item.name for item in inputs(command)}
    wrong: dict[str, str] = {}
    general: list[str] = []
    for refusal in refusals:
        if refusal.field in fields and refusal.field != "photos":
            wrong.setdefault(refusal.field or "", refusal.say(request.lang))
        elif not (refusal.field == "photos" and getattr(request, "photos_wrong", [])):
            general.append(told(refusal, request, opened.case.kind))
    again = status in (409, 422) and request.method == "POST" and not any(r.code == "command_id_reused" for r in refusals)
    context = {
        "o": opened, "case": opened.case, "verb": verb, "command": command, "fields": inputs(command), "typed": filled, "wrong": wrong, "general": general,
        "photos_wrong": getattr(request, "photos_wrong", []), "command_id": _id_of(request.POST.get("command_id", "")) if again else new_id(),
        "possible": opened.move(verb) is not None, "slots": [], "offers": [], "carriers": [], "ratings": RATINGS,
        "groups": opened.visit.pack.reasons.get(opened.case.type, ()),  # type: ignore[call-overload]
        "photo_limit": opened.visit.pack.photos.bytes_below, "home_address": opened.home if verb == "book_pickup" else "",
        "latest": lambda instant: visits.latest(instant, request), "own": lambda key: own(request.lang, opened.case.kind, key),
    }
    if verb in SENDING:
        offers, context["carriers"] = pickups.offered(request.house.pool, opened.visit.merchant_id, request.now)
        if verb == "book_pickup":
            context["offers"] = _by_day(request, offers)
            context["slots"] = [] if offers else _slots(request)
    return page.render(request, f"buyer/{FORMS.get(opened.case.kind) or ('rate' if verb in ('rate', 'improve_rating') else 'act')}.html", context | {"disputing": None} | _of_dispute(request, opened, verb), status)


def _of_dispute(request: Any, opened: Opened, verb: str) -> dict[str, Any]:
    """What forms of a dispute show besides: the questions still open, and what codes are called; where something is not solved, that it can be disputed (SO-30)."""
    if opened.case.kind != "dispute":
        return dispute.card(request, opened.visit, opened.case.order_id, opened.case.order_number, opened.case.id) if verb == "not_solved" else {}
    asked = [q for q in opened.case.facts.get("questions") or () if q["side"] == "buyer" and not q.get("answer")]
    return {"asked": asked, "word": lambda name, code: wording.choice(name, code, request.lang)}


def told(refusal: Refusal, request: Any, kind: str = "service_order") -> str:
    """A refusal in the buyer's words: who was faster, where the case stands, until when it was open; without codes."""
    lang, state, until = request.lang, refusal.facts.get("state"), refusal.facts.get("until")
    if until:
        return Refusal(refusal.code, {**refusal.facts, "until": visits.latest(datetime.fromisoformat(until), request)}).say(lang)
    if refusal.code == "version_conflict" and state:
        return say(lang, "buyer.conflict", state=own(lang, kind, f"now_{state}") or say(lang, f"buyer.now_{state}"))
    if refusal.code == "not_now" and state:
        return say(lang, "buyer.not_now", state=own(lang, kind, f"now_{state}") or say(lang, f"buyer.now_{state}"))
    return refusal.say(lang)


def _not_now(verb: str, opened: Opened) -> Refusal:
    return Refusal("not_now", {"command": verb, "state": opened.case.state, "possible": [m.verb for m in opened.moves]})


def _slots(request: Any) -> list[tuple[str, datetime, datetime]]:
    """Pickup slots of the next days on the merchant's wall clock: (value, start, end), none that has begun."""
    today = request.now.astimezone(request.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today + timedelta(days=d, hours=h) for d in range(DAYS_AHEAD) for h in SLOTS]
    return [(s.isoformat(), s, s + timedelta(hours=2)) for s in starts if s > request.now]


def _by_day(request: Any, offers: list[Offer]) -> list[tuple[Any, list[tuple[str, datetime, datetime, str]]]]:
    """What carriers offer, day by day on the merchant's wall clock: (value, start, end, carrier); the carrier goes unnamed where there is only one."""
    several = len({o.carrier for o in offers}) > 1
    days: dict[Any, list[tuple[str, datetime, datetime, str]]] = {}
    for o in offers:
        starts, ends = o.starts_at.astimezone(request.zone), o.ends_at.astimezone(request.zone)
        days.setdefault(starts.date(), []).append((f"{starts.isoformat()} {o.carrier}", starts, ends, o.carrier if several else ""))
    return list(days.items())


def _id_of(text: str) -> str:
    """The form's command id, or a fresh one for a damaged form."""
    try:
        return str(UUID(text))
    except ValueError:
        return new_id()

"""The desk of one dispute: reading it, judging, confirming, appeals, questions, drafts, the next one (UI-5, DI-6, DI-6a, DI-8)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.commands import Command, build
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import AddEvidence, AskSide, CloseDispute, ConfirmJudgement, DismissAppeal, ReturnJudgement, StepIn
from amends.engine import desk as assignments
from amends.engine import drafts, notices, presence
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import is_id, new_id
from amends.engine.reveal import Revealed, reveal_case
from amends.store.screens import dispute_queue
from amends.web import page
from amends.web.adjudication import asked as trail
from amends.web.adjudication import form, others, showing
from amends.web.adjudication.form import JUDGES
from amends.web.adjudication.looking import look
from amends.web.adjudication.reading import Desk, read
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.rights import may

COMMANDS: dict[str, type[Command]] = {
    **JUDGES, "confirm_judgement": ConfirmJudgement, "return_judgement": ReturnJudgement, "dismiss_appeal": DismissAppeal, "ask_side": AskSide, "step_in": StepIn, "close_dispute": CloseDispute,
    "add_evidence": AddEvidence,
}
"""What the platform's people do here; the table says in which state."""
WITH_FORM = (*JUDGES, "dismiss_appeal")
"""Given out of the form of the judgement."""
ENDS = frozenset({"adjudicate", "uphold_appeal", "dismiss_appeal", "confirm_judgement", "return_judgement", "close_dispute"})
"""After these the next case of the list opens."""


@platform("read")
@require_safe
def desk(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page; `do` opens the form of another command in the bar below."""
    found = read(request, merchant_id, case_id)
    notices.read_case(request.house.pool, found.merchant_id, found.seen.case.id, "platform", request.now)
    place, person = presence.place_of(f"desk:{found.seen.case.id}"), request.person
    presence.look(request.house.pool, found.merchant_id, place, person.id, person.name, "looking", request.now)
    verb = request.GET.get("do", "")
    tried = others.begun(request, found, verb) if verb in COMMANDS and verb not in WITH_FORM and found.move(verb) else None
    return showing.show(request, found, tried=tried)


@platform("read")
@require_POST
def do(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """One command, once. A refusal brings the page back as it was typed, with the reason beside its field."""
    if verb not in COMMANDS:
        raise Http404
    found, given = read(request, merchant_id, case_id), request.POST
    if verb in WITH_FORM:
        return _judge(request, found, verb, given)
    tried = others.tried_of(request, found, verb, COMMANDS[verb])
    if tried.made is None:
        others.keep(request, found, tried)
        return showing.show(request, found, tried=tried, status=422)
    answer = _give(request, found, tried.made, tried.command_id)
    if answer.refusal is None:
        drafts.drop(request.house.pool, found.merchant_id, request.person.id, found.seen.case.id, verb)
        return _on(request, found, verb, answer)
    others.keep(request, found, tried)
    tried.wrong = [answer.refusal]
    return showing.show(request, read(request, merchant_id, case_id), tried=tried, status=answer.refusal.status)


def _judge(request: Any, found: Desk, verb: str, given: Any) -> HttpResponse:
    typed, command_id = form.typed_of(given), given.get("command_id", "")
    command_id = command_id if is_id(command_id) else new_id()
    if template := next((t for t in form.templates(request.lang) if t.code == given.get("template")), None):
        return showing.show(request, found, typed={**typed, "words_buyer": template.buyer, "words_merchant": template.merchant}, command_id=command_id)
    if given.get("look"):
        return showing.show(request, found, typed=typed, command_id=command_id)
    command = COMMANDS[verb]
    if verb == "dismiss_appeal":
        made, wrong = build(command, {name: typed.get(name, "") for name in ("words_buyer", "words_merchant")})
    else:
        made, wrong = form.built(command, found, typed, request.zone)
    if made is None:
        _keep(request, found, verb, typed)
        return showing.show(request, found, typed=typed, wrong=wrong, command_id=command_id, status=422)
    answer = _give(request, found, made, command_id)
    if answer.refusal is not None:
        _keep(request, found, verb, typed)
        again = read(request, found.merchant_id, found.seen.case.id)
        command_id = new_id() if answer.refusal.code == "command_id_reused" else command_id
        return showing.show(request, again, typed=typed, wrong=[answer.refusal], command_id=command_id, status=answer.refusal.status)
    for kept in WITH_FORM:
        drafts.drop(request.house.pool, found.merchant_id, request.person.id, found.seen.case.id, kept)
    return _on(request, found, "proposed" if answer.state != "adjudicated" else verb, answer)


def _keep(request: Any, found: Desk, verb: str, typed: dict[str, str]) -> bool:
    """The draft of a judgement, for this person; nobody else sees it. False where it is too long, or not this person's to give."""
    kept = JUDGES.get(verb) is not None and may(request.person, f"dispute.{verb}")
    return kept and drafts.save(request.house.pool, found.merchant_id, request.person.id, found.seen.case.id, verb, typed, found.seen.case.version, request.now)


def _give(request: Any, found: Desk, command: Command, command_id: str) -> Answer:
    version = request.POST.get("version", "")
    asked = Asked(command_id, found.merchant_id, found.seen.case.id, command, found.actor, int(version) if version.isdecimal() else None)
    return handle(request.house.pool, [asked], request.now)[0]


def _on(request: Any, found: Desk, done: str, answer: Answer) -> HttpResponse:
    """To the next case of the list after what ends the work on this one; else back to it."""
    carried, told = trail.carried(request), f"{done}.{answer.number}"
    if carried and (done in ENDS or done == "proposed"):
        following = _following(request, found.merchant_id, found.seen.case.id)
        target = trail.address("dispute-desk", *following, carried, done=told) if following else f"{trail.back(request)}&done={told}"
        return HttpResponseRedirect(target, status=303)
    return HttpResponseRedirect(trail.address("dispute-desk", found.merchant_id, found.seen.case.id, carried, done=told), status=303)


def _following(request: Any, merchant_id: str, case_id: str) -> tuple[str, str] | None:
    want = trail.wanted(trail.list_of(request), request.person.id)
    return dispute_queue.following(request.house.pool, want, request.now, merchant_id, case_id, request.person.id)


@platform("read")
@require_safe
def following(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The next dispute of the list (without one: of those to judge) that is nobody else's; the list when there is none."""
    found = _following(request, str(merchant_id), str(case_id))
    carried = trail.carried(request)
    return HttpResponseRedirect(trail.address("dispute-desk", *found, carried) if found else trail.back(request))


@platform("read")
@require_POST
def preview(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """What the judgement typed so far would do, as a fragment; nothing is written."""
    if verb not in JUDGES:
        raise Http404
    found = read(request, merchant_id, case_id)
    command = form.sketched(JUDGES[verb], found, form.typed_of(request.POST), request.zone)
    return page.render(request, "adjudication/look.html", {"look": look(request, found, command), "swap": True})


@platform("read")
@require_POST
def draft(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """Keep what is typed, for this person; the button of the form comes back to the page, typing does not."""
    if verb not in COMMANDS or verb == "dismiss_appeal":
        raise Http404
    if not may(request.person, f"dispute.{verb}"):
        return page.refused(request, Refusal("permission_missing", {"permission": f"dispute.{verb}"}))
    found = read(request, merchant_id, case_id)
    if verb not in JUDGES:
        return others.kept(request, found, verb, COMMANDS[verb])
    kept = _keep(request, found, verb, form.typed_of(request.POST))
    if request.headers.get("X-Requested-With") == "draft":
        return HttpResponse(status=204)
    done = "draft" if kept else "draft_too_long"
    return HttpResponseRedirect(trail.address("dispute-desk", found.merchant_id, found.seen.case.id, trail.carried(request), done=f"{done}.{found.seen.case.number}"), status=303)


@platform("read")
@require_POST
def hold(request: Any, merchant_id: Any, case_id: Any, act: str) -> HttpResponse:
    """Take it, give it back, or hand it over to a colleague (转交)."""
    found, pool = read(request, merchant_id, case_id), request.house.pool
    wanted = assignments.Wanted(found.merchant_id, found.seen.case.id)
    if act == "take":
        refusal = assignments.take(pool, by(request), found.merchant_id, found.seen.case.id, request.now)
    else:
        done = assignments.give_back(pool, by(request), [wanted], request.now) if act == "back" else assignments.assign(pool, by(request), [wanted], [request.POST.get("person", "")], request.now)
        refusal = done if isinstance(done, Refusal) else next(iter(done.skipped.values()), None)
    if refusal is not None:
        return showing.show(request, read(request, merchant_id, case_id), handing=refusal, status=refusal.status)
    return HttpResponseRedirect(trail.address("dispute-desk", found.merchant_id, found.seen.case.id, trail.carried(request), done=f"{act}.{found.seen.case.number}"), status=303)


@platform("reveal_personal_data")
@require_POST
def reveal(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page with the receiver in full; each time is on record (ST-10)."""
    found = read(request, merchant_id, case_id)
    revealed = reveal_case(request.house.pool, by(request), found.seen.case.id, request.now)
    return showing.show(request, found, revealed=revealed) if isinstance(revealed, Revealed) else page.refused(request, revealed)


@platform("read")
@require_POST
def here(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """I am still here; answers who else of the platform is."""
    merchant, person = str(merchant_id), request.person
    place, doing = presence.place_of(f"desk:{case_id}"), request.POST.get("doing", "")
    presence.look(request.house.pool, merchant, place, person.id, person.name, "typing" if doing == "typing" else "looking", request.now)
    people = presence.who(request.house.pool, merchant, [place], request.now, but=person.id).get(place, [])
    return page.render(request, "case/people.html", {"people": people})


def link_of(request: Any, merchant_id: str, order_id: str, case_id: str = "") -> str:
    """Where the platform opens a dispute about an order, or a case of it; empty for who may not."""
    if not may(request.person, "dispute.step_in"):
        return ""
    return str(reverse("dispute-open", args=[merchant_id, order_id])) + (f"?case={case_id}" if case_id else "")

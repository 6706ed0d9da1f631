"""The cancellation a buyer filed while the merchant was choosing: it can be approved from the dispute's page (DI-3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from amends.core.cases import TABLES
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id, new_id
from amends.engine.sight import see
from amends.web import page, wording
from amends.web.case import effect_line, trail
from amends.web.case.effect_line import Phrase
from amends.web.gate import staff

if TYPE_CHECKING:
    from amends.web.case.page import Read

APPROVES = ("approve_cancellation", "approve_and_intercept", "force_refund")
"""What approving is called, by how far the order has come; the first that is possible."""
ENDED = frozenset(s.name for s in TABLES["cancellation"].states.values() if s.final)


@dataclass(slots=True)
class Way:
    """How this cancellation is approved: the verb, its button, what would follow; the version seen, and the id under which it acts once."""

    verb: str
    label: str
    version: int
    command_id: str
    phrases: list[Phrase] = field(default_factory=list)


def way(request: Any, given: Read, cancellation: str) -> Way | None:
    """None where it is gone or ended, or this person may not approve it."""
    pool, merchant = request.house.pool, request.person.merchant_id
    seen = see(pool, merchant, cancellation, given.actor, request.now) if is_id(cancellation) else None
    if seen is None or seen.case.kind != "cancellation":
        return None
    free = {m.verb: m for m in seen.moves if m.blocked is None}
    move = next((free[v] for v in APPROVES if v in free), None)
    if move is None:
        return None
    tried = handle(pool, [Asked(new_id(), merchant, cancellation, move.command(), given.actor)], request.now, dry_run=True)[0]
    if tried.refusal is not None:
        return None
    standing = page.standing(request)
    told = effect_line.phrases(tried.plan, replace(given.offers, kind="cancellation"), standing["t"], standing["moment"])
    return Way(move.verb, (move.command.zh, move.command.en)[wording.at(request.lang)], seen.case.version, new_id(), [p for p in told if p.icon != "ti-arrow-right"])


@staff("read")
@require_POST
def approve(request: Any, case_id: Any) -> HttpResponse:
    """Approve the buyer's cancellation, once, and come back to the dispute; what may be done the road decides."""
    from amends.web.case.page import read_or_404

    given = read_or_404(request, case_id, "dispute")
    told, verb = given.seen.case.facts["plan_failure"] or {}, request.POST.get("verb", "")
    if verb not in APPROVES or not is_id(request.POST.get("command_id", "")) or not told.get("cancellation"):
        raise Http404
    version = request.POST.get("version", "")
    command = TABLES["cancellation"].commands[verb]()
    asked = Asked(request.POST["command_id"], request.person.merchant_id, told["cancellation"], command, given.actor, int(version) if version.isdecimal() else None)
    answer = handle(request.house.pool, [asked], request.now)[0]
    if answer.refusal is not None:
        return page.refused(request, answer.refusal)
    return HttpResponseRedirect(trail.address("case", given.seen.case.id, trail.carried(request), done=f"{verb}.{answer.number}"), status=303)

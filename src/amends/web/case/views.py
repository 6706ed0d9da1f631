"""What else a case page does: opening, the next one, presence, personal data, the return slip, pictures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import notices, presence
from amends.engine.audit import By
from amends.engine.reveal import reveal_case
from amends.store import files
from amends.store.connect import scope
from amends.web import evidence_view, page, wording
from amends.web.case import trail
from amends.web.case.page import read_or_404, show_case
from amends.web.gate import staff


@staff("read")
@require_safe
def case(request: Any, case_id: Any) -> HttpResponse:
    """The page; who opens it is seen there."""
    given = read_or_404(request, case_id)
    person = request.person
    presence.look(request.house.pool, person.merchant_id, given.seen.case.id, person.id, person.name, "looking", request.now)
    notices.read_case(request.house.pool, person.merchant_id, given.seen.case.id, "merchant", request.now)
    return show_case(request, given)


@staff("read")
@require_safe
def following(request: Any, case_id: Any) -> HttpResponse:
    """The next case of the queue without deciding this one; the queue itself when nothing else is left."""
    found = trail.following(request, str(case_id))
    return HttpResponseRedirect(trail.address("case", found, trail.carried(request)) if found else trail.back(request))


@staff("read")
@require_POST
def here(request: Any, case_id: Any) -> HttpResponse:
    """I am still here; answers who else is."""
    person, doing = request.person, request.POST.get("doing", "looking")
    if doing == "gone":
        presence.leave(request.house.pool, person.merchant_id, str(case_id), person.id)
        return HttpResponse(status=204)
    presence.look(request.house.pool, person.merchant_id, str(case_id), person.id, person.name, "typing" if doing == "typing" else "looking", request.now)
    people = presence.who(request.house.pool, person.merchant_id, [str(case_id)], request.now, but=person.id).get(str(case_id), [])
    return page.render(request, "case/people.html", {"people": people})


@staff("read")
@require_safe
def slip(request: Any, case_id: Any) -> HttpResponse:
    """The return slip, to be printed and laid into the parcel."""
    given = read_or_404(request, case_id)
    chosen = str(given.seen.case.facts.get("return_address") or "")
    address = next((a for a in given.seen.addresses if a.id == chosen), next((a for a in given.seen.addresses if a.is_default), None))
    return page.render(request, "case/slip.html", {"seen": given.seen, "case": given.seen.case, "address": address, "word": lambda name, code: wording.choice(name, code, request.lang)})


@staff("read")
@require_safe
def file(request: Any, file_id: Any) -> HttpResponse:
    """A picture or a piece of evidence of this merchant, as it was kept."""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = files.read(conn, merchant, str(file_id))
    if found is None or not found.media_type.startswith(("image/", "video/", "application/pdf")):
        raise Http404
    return evidence_view.send(request, found, str(file_id))


@staff("reveal_personal_data")
@require_POST
def reveal(request: Any, case_id: Any) -> HttpResponse:
    """The page with the receiver in full; each time is on record (ST-10)."""
    given = read_or_404(request, case_id)
    by = By(given.actor, request.META.get("REMOTE_ADDR", ""), request.correlation)
    found = reveal_case(request.house.pool, by, given.seen.case.id, request.now)
    if isinstance(found, Refusal):
        return page.refused(request, found)
    return show_case(request, given, revealed=True)

"""Photos in the buyer's forms: those kept from before, those new in this form, and what is wrong with a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.refusal import Refusal
from amends.engine import evidence_files, photos
from amends.store import files
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web import evidence_view, gate
from amends.web.buyer import visit as visits
from amends.web.catalogue import say

READ_AT_MOST = evidence_files.MOST_BYTES + 1


@dataclass(slots=True)
class Wrong:
    """A photo that was not taken: its size in words, and the sentence."""

    size: str
    refusal: Refusal
    sentence: str


@dataclass(slots=True)
class Taken:
    """Ids of the photos that stand now, and what was refused."""

    ids: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def take(request: Any, merchant_id: str, who: str, name: str, before: list[str], most: int, once: str = "", *, evidence: bool = False) -> Taken:
    """The photos of the field `name`: of those `before` the ones still ticked, then the new ones up to `most`; for `evidence` documents and videos too (DI-5).

    `once`: the form's command id, so that the same form sent twice names the same photos (SO-23).
    """
    kept = set(request.POST.getlist(f"{name}_keep"))
    taken = Taken([i for i in before if i in kept])
    for n, upload in enumerate(request.FILES.getlist(name), start=len(taken.ids) + 1):
        if len(taken.ids) >= most:
            refusal = Refusal("photos_too_many", {"most": most}, "photos")
            taken.wrong.append(Wrong(photos.say_size(upload.size), refusal, refusal.say(request.lang)))
            break
        data = upload.read(READ_AT_MOST)
        answer = (evidence_files.take_evidence if evidence else photos.take_photo)(request.house.pool, merchant_id, data, who, request.now, once=once)
        if isinstance(answer, Refusal):
            sentence = say(request.lang, "buyer.photo_wrong", n=n, why=answer.say(request.lang))
            taken.wrong.append(Wrong(photos.say_size(upload.size), answer, sentence))
        elif answer not in taken.ids:
            taken.ids.append(answer)
    return taken


def own(request: Any, merchant_id: str, who: str, ids: list[str]) -> list[str]:
    """Of these ids, those this buyer may name again in a form: own uploads."""
    with scope(request.house.pool, UUID(merchant_id)) as conn:
        return [i for i in ids if _is_id(i) and screen.may_see_file(conn, merchant_id, who, i)]


@gate.buyer
@require_safe
def show(request: Any, file_id: str) -> HttpResponse:
    """One photo or piece of evidence, to the buyer who may see it."""
    merchant, buyer = request.buyer.merchant_id, request.buyer.buyer_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        seen = _is_id(file_id) and screen.may_see_file(conn, merchant, buyer, file_id)
        found = files.read(conn, merchant, file_id) if seen else None
    if found is None:
        return visits.missing(request)
    return evidence_view.send(request, found, file_id, "private, max-age=86400, immutable")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

"""Staff: who is there, what each may do, links for their passwords (ST-1, ST-2, ST-5)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.refusal import Refusal
from amends.engine import invitations, people
from amends.engine.ids import is_id
from amends.store.screens import staff as reads
from amends.web.door.account import by
from amends.web.gate import holder
from amends.web.settings_pages.ground import Filled, back, show
from amends.web.settings_pages.matrix import chosen, givable_by, groups

FORM = ("GET", "HEAD", "POST")


@holder("manage_staff")
@require_http_methods(FORM)
def staff(request: Any) -> HttpResponse:
    """The list, and the form that invites somebody."""
    if request.method != "POST":
        return _list(request)
    given = request.POST
    made = people.make_person(
        request.house.pool, by(request), given.get("email", ""), given.get("name", ""), request.now, language=given.get("language", "zh-CN"),
    )
    return _list(request, made) if isinstance(made, Refusal) else _link(request, made.id)


def _list(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    rows = reads.people(request.house.pool, request.person.merchant_id)
    return show(request, "settings/staff.html", {"rows": rows, "typed": Filled(request.POST.dict()), "languages": people_languages()}, refusal)


def people_languages() -> list[tuple[str, str]]:
    """The languages a person can have, each by its own name."""
    return [("zh-CN", "简体中文"), ("en", "English")]


@holder("manage_staff")
@require_http_methods(FORM)
def person(request: Any, person_id: str) -> HttpResponse:
    """One person: name, language, whether they may come in."""
    if request.method != "POST":
        return _person(request, person_id)
    given = request.POST
    answer = people.change_person(
        request.house.pool, by(request), person_id, request.now, name=given.get("name", ""), language=given.get("language", ""), active=given.get("active") == "1",
    )
    return _person(request, person_id, answer) if isinstance(answer, Refusal) else back(request, "person", "saved", person_id=person_id)


@holder("manage_staff")
@require_POST
def rights(request: Any, person_id: str) -> HttpResponse:
    """The roles and direct grants a person holds, set as ticked; what the asker cannot give stays as it is."""
    row = _found(request, person_id)
    roles, direct = frozenset(row["roles"]), frozenset(row["direct"])
    asked = frozenset(request.POST.getlist("roles")), chosen(request, "direct", direct)
    here, who = (request.house.pool, by(request), person_id, request.now), []
    who += [people.revoke(*here, role=role) for role in sorted(roles - asked[0])]
    who += [people.grant(*here, role=role) for role in sorted(asked[0] - roles)]
    who += [people.revoke(*here, permission=name) for name in sorted(direct - asked[1])]
    who += [people.grant(*here, permission=name) for name in sorted(asked[1] - direct)]
    refusal = next((r for r in who if r is not None), None)
    return _person(request, person_id, refusal) if refusal else back(request, "person", "saved", person_id=person_id)


@holder("manage_staff")
@require_POST
def new_link(request: Any, person_id: str) -> HttpResponse:
    """A link by which the person sets a new password, shown once."""
    return _link(request, person_id)


def _link(request: Any, person_id: str) -> HttpResponse:
    token = invitations.invite(request.house.pool, request.house.secret, by(request), person_id, request.real_now)
    if isinstance(token, Refusal):
        return _person(request, person_id, token)
    address = request.build_absolute_uri(reverse("invitation") + f"?token={token}")
    return show(request, "settings/link.html", {"row": _found(request, person_id), "address": address, "days": invitations.LIFE.days})


def _person(request: Any, person_id: str, refusal: Refusal | None = None) -> HttpResponse:
    row, pool, merchant = _found(request, person_id), request.house.pool, request.person.merchant_id
    context = {
        "row": row, "roles": reads.roles(pool, merchant), "groups": groups(merchant, request.lang), "can": givable_by(request.person),
        "languages": people_languages(), "typed": Filled(request.POST.dict()),
    }
    return show(request, "settings/person.html", context, refusal)


def _found(request: Any, person_id: str) -> reads.Row:
    row = reads.person(request.house.pool, request.person.merchant_id, person_id) if is_id(person_id) else None
    if row is None:
        raise Http404
    return row

"""Roles as a matrix: permissions down, roles across, one form (ST-2, ST-3, UI-6)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.cases import MACHINES
from amends.core.permissions import PRESETS, preset, presets_for
from amends.core.refusal import Refusal
from amends.engine import people
from amends.engine.person import party_of
from amends.store.screens import staff as reads
from amends.web.door.account import by
from amends.web.gate import holder
from amends.web.settings_pages.ground import Filled, back, show
from amends.web.settings_pages.matrix import chosen, givable_by, groups


@holder("manage_staff")
@require_http_methods(("GET", "HEAD", "POST"))
def roles(request: Any) -> HttpResponse:
    """The matrix; sent, every role that differs is changed, and the first refusal is shown."""
    if request.method != "POST":
        return _matrix(request)
    for role in reads.roles(request.house.pool, request.person.merchant_id):
        name = request.POST.get(f"name-{role['id']}")
        if name is None:  # a role made by somebody else since the form was drawn
            continue
        wanted = chosen(request, f"role-{role['id']}", role["permissions"])
        if (name.strip(), wanted) != (role["name"], frozenset(role["permissions"])):
            refusal = people.change_role(request.house.pool, by(request), role["id"], name, wanted, request.now)
            if refusal:
                return _matrix(request, refusal)
    return back(request, "roles", "saved")


@holder("manage_staff")
@require_POST
def new_role(request: Any) -> HttpResponse:
    """A role by a name, filled from one of the roles to begin with, as far as the asker holds it."""
    start = request.POST.get("preset", "")
    name = request.POST.get("name", "").strip()
    permissions: frozenset[str] = frozenset()
    if start in PRESETS:
        permissions = preset(start, party_of(request.person.merchant_id), MACHINES) & givable_by(request.person)
        name = name or PRESETS[start][0 if request.lang == "zh" else 1]
    made = people.make_role(request.house.pool, by(request), name, permissions, request.now)
    return _matrix(request, made) if isinstance(made, Refusal) else back(request, "roles", "made")


@holder("manage_staff")
@require_POST
def remove(request: Any, role_id: str) -> HttpResponse:
    """Delete a role."""
    refusal = people.remove_role(request.house.pool, by(request), role_id, request.now)
    return _matrix(request, refusal) if refusal else back(request, "roles", "removed")


def _matrix(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    at = 0 if request.lang == "zh" else 1
    context = {
        "roles": reads.roles(request.house.pool, request.person.merchant_id), "groups": groups(request.person.merchant_id, request.lang),
        "can": givable_by(request.person), "presets": [(key, PRESETS[key][at]) for key in presets_for(party_of(request.person.merchant_id), MACHINES)], "typed": Filled(request.POST.dict()),
    }
    return show(request, "settings/roles.html", context, refusal)

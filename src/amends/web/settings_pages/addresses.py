"""Return addresses: the list, one address with its three levels, the default (ME-2)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core import divisions
from amends.core.refusal import Refusal
from amends.engine import addresses as engine
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import back, show

FIELDS = ("label", "receiver", "phone", "province", "city", "district", "detail")


@staff("manage_addresses")
@require_safe
def addresses(request: Any) -> HttpResponse:
    """The list."""
    return _list(request)


def _list(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    rows = [row | {"line": divisions.Place(row["province"], row["city"], row["district"]).line()} for row in engine.addresses_of(request.house.pool, by(request))]
    return show(request, "settings/addresses.html", {"rows": rows}, refusal)


@staff("manage_addresses")
@require_http_methods(("GET", "HEAD", "POST"))
def address(request: Any, address_id: str = "") -> HttpResponse:
    """A new address, or one to write anew; `step` only asks for the next level's choices, which is how it works without scripts."""
    typed = {name: request.POST.get(name, "") for name in FIELDS} if request.method == "POST" else _kept(request, address_id)
    if request.method != "POST" or "step" in request.POST:
        return _form(request, address_id, typed)
    if address_id:
        refusal: Any = engine.change_address(request.house.pool, by(request), address_id, engine.Typed(**typed), request.now)
    else:
        refusal = engine.add_address(request.house.pool, by(request), engine.Typed(**typed), request.now)
    return _form(request, address_id, typed, refusal) if isinstance(refusal, Refusal) else back(request, "addresses", "saved")


def _kept(request: Any, address_id: str) -> dict[str, str]:
    if not address_id:
        return dict.fromkeys(FIELDS, "")
    for row in engine.addresses_of(request.house.pool, by(request)):
        if row["id"] == address_id:
            return {name: row[name] for name in FIELDS}
    raise Http404


def _form(request: Any, address_id: str, typed: dict[str, str], refusal: Refusal | None = None) -> HttpResponse:
    cities = divisions.cities(typed["province"])
    if len(cities) == 1:
        typed["city"] = cities[0]
    elif typed["city"] not in cities:
        typed["city"] = ""
    context = {
        "address_id": address_id, "typed": typed,
        "names": {"provinces": divisions.provinces(), "cities": cities, "districts": divisions.districts(typed["province"], typed["city"])},
    }
    return show(request, "settings/address.html", context, refusal)


@staff("manage_addresses")
@require_safe
def below(request: Any) -> HttpResponse:
    """The next level's names as JSON, for the form's script."""
    return names_below(request)


def names_below(request: Any) -> HttpResponse:
    """Cities of a province, or districts of a city, as JSON."""
    province, city = request.GET.get("province", ""), request.GET.get("city")
    names = divisions.cities(province) if city is None else divisions.districts(province, city)
    answer = JsonResponse({"names": names}, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@staff("manage_addresses")
@require_POST
def default(request: Any, address_id: str) -> HttpResponse:
    """Make it the default."""
    refusal = engine.choose_default(request.house.pool, by(request), address_id, request.now)
    return _list(request, refusal) if refusal else back(request, "addresses", "default")


@staff("manage_addresses")
@require_POST
def rest(request: Any, address_id: str) -> HttpResponse:
    """Out of use, or back into it."""
    active = request.POST.get("active") == "1"
    refusal = engine.rest_address(request.house.pool, by(request), address_id, request.now, active=active)
    return _list(request, refusal) if refusal else back(request, "addresses", "saved")

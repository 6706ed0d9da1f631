"""What is paid by itself, and limits of goodwill: of the shop, of roles, of people (CO-1, CO-3, CO-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from amends.core.money import Money, exponent
from amends.core.pack_compensation import row_of
from amends.core.refusal import Refusal
from amends.engine import compensation_settings as engine
from amends.engine.compensation_rules import chosen, late_since
from amends.engine.deadlines import pack_of
from amends.engine.merchant_settings import settings_of
from amends.store.connect import scope
from amends.store.screens import compensation_people
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import back, show

WHOSE = ("roles", "people")


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def compensation(request: Any) -> HttpResponse:
    """The form; refused, it comes back as it was typed."""
    row = settings_of(request.house.pool, by(request))
    if request.method != "POST":
        return _form(request, row, _kept(row), None)
    given = request.POST
    wish = engine.Wish(given.get("late") == "1", given.get("price_automatic") == "1", {name: given.get(name, "") for name in engine.FIGURES})
    for whose in WHOSE:
        for name, value in given.items():
            kind, _, rest = name.partition(".")
            one, _, figure = rest.partition(".")
            if kind == whose and figure in engine.OF_EACH:
                getattr(wish, whose).setdefault(one, {})[figure] = value
    refusal = engine.change(request.house.pool, by(request), wish, request.now)
    return _form(request, row, wish, refusal) if refusal else back(request, "compensation", "saved")


def _kept(row: dict[str, Any]) -> engine.Wish:
    own = chosen(row["settings"])

    def written(figures: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
        return {name: plain(int(figures[name]), row["currency"]) for name in names if figures.get(name)}

    return engine.Wish(
        bool(own.get("late_since")), bool(own.get("price_automatic")), written(own, tuple(engine.FIGURES)),
        *({one: written(figures, engine.OF_EACH) for one, figures in (own.get(whose) or {}).items()} for whose in WHOSE),
    )


def plain(minor: int, currency: str) -> str:
    """Minor units as a form field holds them: 20.00, 400."""
    digits = exponent(currency)
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}d}" if digits else str(minor)


def _form(request: Any, row: dict[str, Any], wish: engine.Wish, refusal: Refusal | None) -> HttpResponse:
    merchant, pack = request.person.merchant_id, pack_of(row["pack_ref"])
    with scope(request.house.pool, UUID(merchant)) as conn:
        roles, people = compensation_people.roles(conn, merchant), compensation_people.givers(conn, merchant)
    late, limits = pack.compensation.late_shipment.in_force.tiers[0], row_of(pack.compensation.goodwill.limits, row["currency"])
    bounds = row_of(late.bounds, row["currency"]) or late.bounds[0]
    context = {
        "row": row, "wish": wish, "pack": pack, "since": late_since(row["settings"]), "roles": roles, "people": people, "percent": f"{late.basis_points / 100:g}",
        "least": str(Money(bounds.least or 0, bounds.currency)), "most": str(Money(bounds.most, bounds.currency)),
        "pack_limits": {"case": str(Money(limits.case, limits.currency)), "agent_day": str(Money(limits.agent_day, limits.currency))} if limits else {},
    }
    return show(request, "settings/compensation.html", context, refusal)

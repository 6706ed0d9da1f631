"""The platform's view of its merchants: the list, one of them, a new one (UI-5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.cases import TABLES
from amends.core.pack_flows import OWN
from amends.core.refusal import Refusal
from amends.engine import people
from amends.engine.accounts import MODES
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id
from amends.engine.merchant_settings import change_terms
from amends.engine.packs import offered
from amends.store import platform_store
from amends.store.connect import PLATFORM, scope
from amends.store.screens import platform as reads
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.page import render
from amends.web.platform import lightning_card
from amends.web.platform.cases import at_zero
from amends.web.settings_pages.ground import Filled, said

LIMIT = 50


@platform("read")
@require_safe
def merchants(request: Any) -> HttpResponse:
    """By name, fifty a page, each with what is open, late and refunded."""
    name, after = request.GET.get("name", "").strip(), request.GET.get("after", "").rpartition("~")
    ref = request.GET.get("pack", "")[:60]
    rows = reads.merchants(request.house.pool, request.now, name, (after[0], after[2]) if is_id(after[2]) else None, LIMIT, ref)
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    more = "?" + urlencode({"name": name, **({"pack": ref} if ref else {}), "after": f"{last['name']}~{last['id']}"}) if last else ""
    context = {"rows": rows[:LIMIT], "name": name, "ref": ref, "more": more, "done": request.GET.get("done", "")}
    context["packs"] = {pack: zh if request.lang == "zh" else en for pack, zh, en in offered(request.house.pool)}
    return render(request, "platform/merchants.html", context)


@platform("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def new_merchant(request: Any) -> HttpResponse:
    """Open a merchant with its main account."""
    given = request.POST
    if request.method != "POST":
        return _new(request)
    main = people.Main(given.get("email", ""), given.get("main_name", ""), given.get("password", ""))
    made = people.make_merchant(request.house.pool, given.get("name", ""), given.get("pack", ""), given.get("mode", ""), main, request.now, by(request))
    if isinstance(made, Refusal):
        return _new(request, made)
    return HttpResponseRedirect(reverse("platform-merchant", kwargs={"merchant_id": made.merchant_id}) + "?done=made")


def _new(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    context = {"typed": Filled(request.POST.dict()), "refusal": refusal, "packs": offered(request.house.pool), "modes": MODES, "say": lambda r: said(r, request.lang)}
    return render(request, "platform/new_merchant.html", context, refusal.status if refusal else 200)


@platform("read")
@require_safe
def merchant(request: Any, merchant_id: str) -> HttpResponse:
    """One merchant."""
    return page_of(request, merchant_id)


@platform("manage_settings")
@require_POST
def terms(request: Any, merchant_id: str) -> HttpResponse:
    """Another pack or fulfilment mode, or somebody else who does its after-sales."""
    own = {"1": True, "0": False}.get(request.POST.get("own", ""))
    refusal = change_terms(request.house.pool, by(request), merchant_id, request.POST.get("pack", ""), request.POST.get("mode", ""), request.now, own=own)
    if refusal:
        return page_of(request, merchant_id, refusal)
    return HttpResponseRedirect(reverse("platform-merchant", kwargs={"merchant_id": merchant_id}) + "?done=saved")


def page_of(request: Any, merchant_id: str, refusal: Refusal | None = None) -> HttpResponse:
    """The page of one merchant, with the refusal of something done on it, if any."""
    row = reads.merchant(request.house.pool, merchant_id, request.now) if is_id(merchant_id) else None
    if row is None:
        raise Http404
    context = {
        "row": row | {"settings": Filled(row["settings"])}, "packs": offered(request.house.pool), "modes": MODES, "tables": TABLES, "at_zero": at_zero(request.lang), "refusal": refusal, "done": request.GET.get("done", ""),
        "terms": _terms(request, row, refusal), "cases": reads.cases(request.house.pool, reads.Wanted(merchant=merchant_id, open=False), request.now, 10)[:10], "say": lambda r: said(r, request.lang), **lightning_card.card(request, row),
    }
    return render(request, "platform/merchant.html", context, refusal.status if refusal else 200)


def _terms(request: Any, row: dict[str, Any], refusal: Refusal | None) -> dict[str, Any]:
    """What the form of terms stands at: kept, or typed and refused; and what the pack shares by fulfilment mode (PO-8)."""
    typed = request.POST if refusal and request.method == "POST" and "mode" in request.POST else {}
    flows = pack_of(f"{row['pack']}@{row['pack_version']}").flows
    own = typed["own"] != "0" if "own" in typed else row["settings"].get(OWN, True)
    with scope(request.house.pool, PLATFORM) as conn:
        placed = platform_store.place(conn) is not None
    comma = "、" if request.lang == "zh" else ", "
    return {
        "pack": typed.get("pack", row["pack"]), "mode": typed.get("mode", row["fulfilment_mode"]), "own": own, "modes": comma.join(m for f in flows.by_mode for m in f.modes),
        "place_missing": flows.store is not None and not placed,
    }

"""A buyer's personal data: what is kept and until when, asking that it be erased, confirming it as a second person, and a copy for the buyer (ST-10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.erasable import MOST_REFERENCE, WHY
from amends.core.refusal import Refusal
from amends.engine import buyer_erasure, buyer_export
from amends.engine.buyer_erasure import AT_ONCE, PERMISSION
from amends.engine.ids import is_id, new_id
from amends.engine.photos import say_size
from amends.store import buyer_erasures, buyer_exports, erasure
from amends.store.connect import PLATFORM, scope
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.page import render
from amends.web.rights import may
from amends.web.settings_pages.ground import said

SHOWN = 50


@platform(PERMISSION)
@require_safe
def shown(request: Any) -> HttpResponse:
    """The page: requests and copies; with `find` the buyers it means; with `merchant` and `buyer` what is kept of one."""
    return _page(request, request.GET)


@platform(PERMISSION)
@require_POST
def ask(request: Any) -> HttpResponse:
    """Ask that a buyer be erased; where no second person is needed, the first turn follows at once."""
    given, now = request.POST, request.now
    ident = buyer_erasure.ask(request.house.pool, by(request), given.get("merchant", ""), given.get("buyer", ""), given.get("why", ""), given.get("reference", ""), now, _once(given))
    if isinstance(ident, Refusal):
        return _page(request, given, ident, "ask")
    buyer_erasure.turn(request.house.pool, by(request), ident, now, AT_ONCE)
    return _done("asked")


@platform(PERMISSION)
@require_POST
def confirm(request: Any) -> HttpResponse:
    """Another person says that it may run; the first turn follows at once, the rest is the worker's."""
    pool, ident = request.house.pool, request.POST.get("id", "")
    if refusal := buyer_erasure.confirm(pool, by(request), ident, request.now):
        return _page(request, request.POST, refusal)
    buyer_erasure.turn(pool, by(request), ident, request.now, AT_ONCE)
    return _done("confirmed")


@platform(PERMISSION)
@require_POST
def withdraw(request: Any) -> HttpResponse:
    """A request is taken back."""
    refusal = buyer_erasure.withdraw(request.house.pool, by(request), request.POST.get("id", ""), request.now)
    return _page(request, request.POST, refusal) if refusal else _done("withdrawn")


@platform(buyer_export.PERMISSION)
@require_POST
def copy(request: Any) -> HttpResponse:
    """A copy for the buyer."""
    given = request.POST
    language = "en" if given.get("language") == "en" else "zh-CN"
    ident = buyer_export.make(request.house, by(request), given.get("merchant", ""), given.get("buyer", ""), given.get("why", ""), given.get("reference", ""), request.now, language=language, ident=_once(given))
    return _page(request, given, ident, "copy") if isinstance(ident, Refusal) else _done("copied")


@platform(buyer_export.PERMISSION)
@require_safe
def download(request: Any, ident: Any) -> HttpResponse:
    """The ZIP; on record each time."""
    taken = buyer_export.take(request.house.pool, by(request), str(ident), request.now)
    if isinstance(taken, Refusal):
        return _page(request, {}, taken)
    answer = HttpResponse(taken[1], content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="buyer-copy-{taken[0].asked_at:%Y%m%d}-{str(ident)[-6:]}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _once(given: Any) -> str | None:
    return given.get("once") if is_id(given.get("once", "")) else None


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('platform-erasure-buyers')}?{urlencode({'done': what})}")


def _page(request: Any, given: Any, refusal: Refusal | None = None, form: str = "") -> HttpResponse:
    pool, asked = request.house.pool, given.get("find", "").strip()[:120]
    merchant, buyer = given.get("merchant", ""), given.get("buyer", "")
    found = buyer_erasure.find(pool, by(request), asked) if asked else []
    kept = buyer_erasure.look(pool, by(request), merchant, buyer, request.now, SHOWN) if is_id(merchant) and buyer else []
    with scope(pool, PLATFORM) as conn:
        requests, rules = buyer_erasures.listed(conn, SHOWN), erasure.retention(conn)
        copies = buyer_exports.listed(conn, SHOWN) if may(request.person, buyer_export.PERMISSION) else []
    done = request.GET.get("done", "")
    context = {
        "asked": asked, "found": [] if isinstance(found, Refusal) else found, "kept": [] if isinstance(kept, Refusal) else kept, "merchant": merchant, "buyer": buyer, "requests": requests, "rules": rules, "copies": copies,
        "whys": WHY, "most_reference": MOST_REFERENCE, "copies_may": may(request.person, buyer_export.PERMISSION), "refusal": refusal, "form": form, "typed": {name: given.get(name, "") for name in ("why", "reference", "language")},
        "once": {"ask": new_id(), "copy": new_id()}, "me": by(request).actor.id, "sizes": {c.id: say_size(c.size) for c in copies}, "say": lambda r: said(r, request.lang), "done": done if done.isidentifier() else "",
        "held": lambda one: Refusal(one["code"], one["facts"]).say(request.lang), "open_here": any(r.buyer_id == buyer and r.merchant_id == merchant and r.state in ("asked", "running") for r in requests),
    }
    return render(request, "platform/erasure_buyers.html", context, refusal.status if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("erasure/buyers", shown, name="platform-erasure-buyers"), path("erasure/buyers/ask", ask, name="platform-erasure-buyers-ask"), path("erasure/buyers/confirm", confirm, name="platform-erasure-buyers-confirm"),
    path("erasure/buyers/withdraw", withdraw, name="platform-erasure-buyers-withdraw"), path("erasure/buyers/copy", copy, name="platform-erasure-buyers-copy"),
    path("erasure/copies/<uuid:ident>.zip", download, name="platform-erasure-copy"),
]

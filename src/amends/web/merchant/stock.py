"""The shop's stock: places with their counts, what is held for whom, one place with what moved, counting and deciding (ST-K4, SO-20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import disposing
from amends.engine.stocktaking import set_on_hand
from amends.store.screens import stock as read
from amends.web import page, wording
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import staff

PAGE = 50
SKU_MOST = 64


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """Places by SKU: all, low ones, those with pieces held, those with goods to decide about."""
    asked, merchant = request.GET, request.person.merchant_id
    text, view = asked.get("q", "").replace("\x00", "").strip()[:64], asked.get("view", "")
    view, totals = view if view in read.VIEWS else "", read.totals(request.house.pool, merchant)
    warehouse = asked.get("warehouse") if asked.get("warehouse") in totals["warehouses"] and "warehouse" in asked else None
    after = (asked["after"][:SKU_MOST], asked.get("place", "")[:SKU_MOST]) if "\x00" not in asked.get("after", "\x00") + asked.get("place", "") else None
    rows = read.places(request.house.pool, merchant, read.Wanted(text, warehouse, view, after), PAGE)
    last = rows[PAGE - 1] if len(rows) > PAGE else None

    def link(**changed: str | None) -> str:
        given = {"q": text, "view": view, "warehouse": warehouse, **changed}
        kept = {k: v for k, v in given.items() if v or (k in ("warehouse", "place") and v == "" and given[k] is not None)}
        return f"{reverse('stock')}?{urlencode(kept)}" if kept else reverse("stock")

    context = {
        "rows": rows[:PAGE], "text": text, "view": view, "views": read.VIEWS, "totals": totals, "warehouse": warehouse, "link": link, "last": last, "paged": after is not None,
        "place_url": _place_url, "warehouse_name": _warehouse_name(request.lang), "done": asked.get("done", "") if asked.get("done", "").isidentifier() else "",
    }
    return page.render(request, "merchant/stock.html", context)


@staff("read")
@require_safe
def held(request: Any) -> HttpResponse:
    """What is held, longest first: for which case, for whom, until when."""
    sku = request.GET.get("sku", "").replace("\x00", "").strip()[:SKU_MOST]
    rows = read.holds(request.house.pool, request.person.merchant_id, PAGE, sku=sku or None, after=_cursor(request.GET.get("after", "")))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    after = f"{last['held_at'].isoformat()}~{last['id']}" if last else ""
    context = {
        "rows": rows[:PAGE], "sku": sku, "after": after, "paged": "after" in request.GET, "place_url": _place_url, "warehouse_name": _warehouse_name(request.lang),
        "state_name": lambda state: wording.state(state, request.lang),
    }
    return page.render(request, "merchant/stock_held.html", context)


@staff("read")
@require_safe
def place(request: Any) -> HttpResponse:
    """One SKU in one warehouse."""
    return _place(request, *_named(request.GET))


@staff("manage_stock")
@require_POST
def count(request: Any) -> HttpResponse:
    """What was counted there."""
    sku, warehouse = _named(request.POST)
    pieces = _number(request.POST.get("on_hand", ""))
    if pieces is None:
        return _place(request, sku, warehouse, Refusal("stock_number_wrong", {"name": say(request.lang, "stock.on_hand"), "least": 0, "most": 10**9}, "on_hand"))
    told = set_on_hand(request.house.pool, by(request), request.person.merchant_id, sku, warehouse, pieces, request.now)
    return _place(request, sku, warehouse, told) if isinstance(told, Refusal) else _back(sku, warehouse, "counted")


@staff("manage_stock")
@require_POST
def low(request: Any) -> HttpResponse:
    """From how few free pieces on it is on the low list; empty takes it off."""
    sku, warehouse = _named(request.POST)
    text = request.POST.get("low_at", "").strip()
    at = _number(text)
    if text and at is None:
        refusal: Refusal | None = Refusal("stock_number_wrong", {"name": say(request.lang, "stock.low_at"), "least": 0, "most": 10**9}, "low_at")
    else:
        refusal = disposing.warn_below(request.house.pool, by(request), request.person.merchant_id, sku, warehouse, at, request.now)
    return _place(request, sku, warehouse, refusal) if refusal else _back(sku, warehouse, "low_kept")


@staff("manage_stock")
@require_POST
def dispose(request: Any) -> HttpResponse:
    """Goods in quarantine go to sale or to scrap, with the reason."""
    sku, warehouse = _named(request.POST)
    form, merchant = request.POST, request.person.merchant_id
    refusal = disposing.decide(request.house.pool, by(request), merchant, sku, warehouse, _number(form.get("quantity", "")) or 0, form.get("to", ""), form.get("reason", ""), request.now)
    return _place(request, sku, warehouse, refusal) if refusal else _back(sku, warehouse, "disposed")


def _place(request: Any, sku: str, warehouse: str, refusal: Refusal | None = None) -> HttpResponse:
    pool, merchant = request.house.pool, request.person.merchant_id
    row = read.place(pool, merchant, sku, warehouse) if sku else None
    if row is None:
        raise Http404
    before = _number(request.GET.get("before", ""))
    moves = read.moves(pool, merchant, sku, warehouse, PAGE, before)
    typed = request.POST if refusal else {}
    context = {
        "row": row, "moves": moves[:PAGE], "more": moves[PAGE - 1]["seq"] if len(moves) > PAGE else None, "paged": before is not None, "held": read.holds(pool, merchant, PAGE, sku=sku, warehouse=warehouse)[:PAGE],
        "refusal": refusal, "typed": lambda name, kept="": typed.get(name, kept), "wrong": lambda name: refusal if refusal is not None and refusal.field == name else None,
        "place_url": _place_url, "warehouse_name": _warehouse_name(request.lang), "why": lambda move: _why(move, request.lang), "who": lambda move: _who(move, request.lang),
        "state_name": lambda state: wording.state(state, request.lang), "done": request.GET.get("done", "") if request.GET.get("done", "").isidentifier() else "",
    }
    return page.render(request, "merchant/stock_place.html", context, refusal.status if refusal else 200)


def _why(move: read.Row, lang: str) -> str:
    """A movement's reason in words: what was decided on the case, why a hold ended, where goods went, what was typed."""
    note, kind = move["note"], move["kind"]
    if kind == "released":
        return say(lang, f"stock.why_{note}")
    if kind == "arrived":
        return str(wording.choice("disposition", note, lang))
    if kind in ("held", "taken"):
        return say(lang, "stock.why_applied") if note == "applied" else wording.command(note, lang)
    return str(note)


def _who(move: read.Row, lang: str) -> str:
    return say(lang, "stock.by_system") if move["actor_kind"] == "system" and move["actor_name"] in ("", "system", None) else str(move["actor_name"] or move["actor_kind"])


def _warehouse_name(lang: str) -> Any:
    return lambda warehouse: warehouse or say(lang, "stock.first_warehouse")


def _place_url(sku: str, warehouse: str, **more: str) -> str:
    return f"{reverse('stock-place')}?{urlencode({'sku': sku, **({'warehouse': warehouse} if warehouse else {}), **more})}"


def _back(sku: str, warehouse: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(_place_url(sku, warehouse, done=done))


def _named(given: Any) -> tuple[str, str]:
    sku, warehouse = given.get("sku", ""), given.get("warehouse", "")
    return ("", "") if "\x00" in sku + warehouse else (sku[:SKU_MOST], warehouse[:SKU_MOST])


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, id_ = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(id_))) if instant.tzinfo else None
    except ValueError:
        return None

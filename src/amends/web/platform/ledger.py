"""A merchant's ledger for the platform's people: accounts, statement, and bookings by hand with a reason (MO-4, UI-5)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.money import Money
from amends.core.refusal import Refusal
from amends.engine import booking
from amends.engine.booking import Booking
from amends.engine.ids import is_id, new_id
from amends.store.connect import PLATFORM, scope
from amends.store.merchants import Row, one
from amends.store.screens import ledger
from amends.web.door.account import by
from amends.web.finance import accounts, ground, lines
from amends.web.gate import platform
from amends.web.page import render
from amends.web.settings_pages.ground import Filled

READ = "read_ledger"


@platform(READ)
@require_safe
def merchants(request: Any) -> HttpResponse:
    """Every merchant with its deposit, what was advanced for it and what after-sales did to its settlement."""
    return render(request, "platform/ledgers.html", {"rows": ledger.merchants(request.house.pool)})


@platform(READ)
@require_safe
def merchant(request: Any, merchant_id: str) -> HttpResponse:
    """One merchant's accounts, the form for a booking, and what was booked lately."""
    return _page(request, _merchant_or_404(request, merchant_id))


@platform(booking.PERMISSION)
@require_POST
def book(request: Any, merchant_id: str) -> HttpResponse:
    """First what it would do, then, when that was seen, the booking itself."""
    given, shop = request.POST, _merchant_or_404(request, merchant_id)
    if given.get("edit"):
        return _page(request, shop)
    amount = Money.parse(given.get("amount", "").strip().replace(",", ""), shop["currency"])
    if amount is None:
        return _page(request, shop, Refusal("wrong_kind", {"zh": "金额", "en": "Amount"}, "amount"))
    asked = Booking(given.get("what", ""), amount.amount, given.get("way", ""), given.get("reason", ""), given.get("once", ""))
    if not given.get("sure"):
        looked = booking.look(request.house.pool, by(request), merchant_id, asked)
        return _page(request, shop, looked) if isinstance(looked, Refusal) else _page(request, shop, looked=looked)
    refusal = booking.book(request.house.pool, by(request), merchant_id, asked, request.now)
    return _page(request, shop, refusal) if refusal else HttpResponseRedirect(reverse("platform-ledger", kwargs={"merchant_id": merchant_id}) + "?done=booked")


@platform(READ)
@require_safe
def statement(request: Any, merchant_id: str) -> HttpResponse:
    """One account of a merchant, or its whole journal."""
    shop = _merchant_or_404(request, merchant_id)
    address, file = (reverse(name, kwargs={"merchant_id": merchant_id}) for name in ("platform-statement", "platform-ledger-csv"))
    return render(request, "platform/statement.html", {"shop": shop, **accounts.of_merchant(request, merchant_id, shop["currency"], address, file, links=False)})


@platform(READ)
@require_safe
def as_csv(request: Any, merchant_id: str) -> HttpResponseBase:
    """The same as a file."""
    return accounts.csv_of(request, merchant_id, _merchant_or_404(request, merchant_id)["currency"])


def _merchant_or_404(request: Any, merchant_id: str) -> Row:
    with scope(request.house.pool, PLATFORM) as conn:
        found = one(conn, merchant_id) if is_id(merchant_id) else None
    if found is None:
        raise Http404
    return found


def _page(request: Any, shop: Row, refusal: Refusal | None = None, looked: booking.Looked | None = None) -> HttpResponse:
    pool, lang, typed = request.house.pool, request.lang, Filled(request.POST.dict())
    held = lines.sorted_balances(ledger.balances(pool, shop["id"]))
    effect = [(line, looked.held[line.account], looked.held[line.account] + line.amount) for line in looked.movement.lines] if looked else []
    context = {
        "shop": shop, "rows": held, "booked": [lines.line(row, lang) for row in ledger.of_kinds(pool, shop["id"], tuple(booking.WAYS))], "ways": ("deposit", "merchant", "manual"),
        "whats": tuple(booking.WAYS), "typed": typed, "once": typed["once"] or new_id(), "refusal": refusal, "say": ground.teller(request, shop["currency"]), "effect": effect,
        "asked_for": Money.parse(typed["amount"].strip().replace(",", ""), shop["currency"]) if looked else None, "done": request.GET.get("done") == "booked", **accounts.words(request),
        "link": lambda row: ground.query(reverse("platform-statement", kwargs={"merchant_id": shop["id"]}), account=row["account"], currency=row["currency"]),
    }
    return render(request, "platform/ledger.html", context, refusal.status if refusal else 200)

"""What the queue's address asks for: tab, filters, page; carried along from case to case so that the next one is of the same list (UI-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from amends.core.money import Money
from amends.core.pack_disputes import SCENARIOS
from amends.engine.ids import is_id
from amends.store.screens.dispute_queue import MINE, NOBODY, TABS, Wanted

FILTERS = ("scenario", "merchant", "who", "currency", "least", "most", "late", "due", "number")
DUE = ("hour", "day")
"""Within the hour, within the day; what is late has a filter of its own."""
CURRENCY = "CNY"
"""Amounts in the filter are in this currency where none is chosen; disputes in another are not compared with them."""


def typed(given: QueryDict) -> dict[str, str]:
    """Tab and filters as they stand in an address, without what is empty or makes no sense."""
    out = {name: given[name].strip()[:80] for name in FILTERS if given.get(name, "").strip()}
    if out.get("scenario", "") not in ("", *SCENARIOS):
        del out["scenario"]
    if not is_id(out.get("merchant", "")):
        out.pop("merchant", None)
    if out.get("who", "") not in ("", MINE, NOBODY) and not is_id(out["who"]):
        del out["who"]
    if out.get("due", "") not in ("", *DUE):
        del out["due"]
    money = out.pop("currency", CURRENCY).upper()
    money = money if len(money) == 3 and money.isascii() and money.isalpha() else CURRENCY
    for name in ("least", "most"):
        if name in out and _minor(out[name], money) is None:
            del out[name]
    if money != CURRENCY and ("least" in out or "most" in out):
        out["currency"] = money
    tab = given.get("tab", "")
    return {"tab": tab if tab in TABS else "judge", **out}


def wanted(asked: dict[str, str], person: str, after: str = "") -> Wanted:
    """The same for the store; `me` is this person."""
    who, money = asked.get("who", ""), asked.get("currency", CURRENCY)
    return Wanted(
        asked["tab"], asked.get("scenario", ""), asked.get("merchant", ""), person if who == MINE else who, _minor(asked.get("least", ""), money), _minor(asked.get("most", ""), money),
        "late" in asked, asked.get("number", "").upper(), asked.get("due", ""), _after(after), money,
    )


def _minor(text: str, currency: str) -> int | None:
    read = Money.parse(text.replace(",", "").lstrip("¥$€£"), currency) if text else None
    return read.amount if read is not None and 0 <= read.amount < 10**15 else None


def _after(text: str) -> tuple[datetime, str] | None:
    at, _, last = text.partition("~")
    try:
        return (datetime.fromisoformat(at), last) if is_id(last) else None
    except ValueError:
        return None


def carried(request: Any) -> dict[str, str]:
    """The list one came from, as `f` (its query string); nothing for a case opened by itself."""
    given = (request.POST if request.method == "POST" else request.GET).get("f", "")
    return {"f": given[:600]} if given else {}


def list_of(request: Any) -> dict[str, str]:
    """The filter of the list one came from."""
    return typed(QueryDict(carried(request).get("f", "")))


def back(request: Any) -> str:
    """The address of that list."""
    trail = carried(request)
    return str(reverse("disputes")) + (f"?{trail['f']}" if trail else "")


def address(name: str, merchant_id: str, case_id: str, trail: dict[str, str], *more: str, **extra: str) -> str:
    """An address of a dispute that carries the list on."""
    said = urlencode({**extra, **trail})
    return str(reverse(name, args=[merchant_id, case_id, *more])) + (f"?{said}" if said else "")

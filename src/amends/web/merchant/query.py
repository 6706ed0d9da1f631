"""A filter in the address: read from a query string, written back, and said in words. A list with its filter, columns and order is a link (UI-1a)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from amends.store.screens.queue_filter import DUE_WITHIN, QUEUES, RED, SORTS, WHOLE, QueueFilter
from amends.web.merchant.desks import desk_of

LISTS = {"type": "types", "expectation": "expectations", "reason": "reasons", "state": "states", "source": "sources", "mode": "modes", "plan": "plans"}
TEXTS = ("sku", "buyer", "order", "text")
DAYS = {"1d": 1, "3d": 3, "7d": 7, "30d": 30, "90d": 90}
KNOWN = (*LISTS, *TEXTS, "person", "alert", "open", "on", "due", "parcel", "shipped", "carried", "amount_from", "amount_to", "opened", "opened_from", "opened_to", "sort", "cols")


@dataclass(slots=True)
class Asked:
    """What an address asks for: the queue, the filter for the store, and the clean query that means the same (`after` and `view` apart)."""

    queue: str
    want: QueueFilter
    query: dict[str, str]
    columns: tuple[str, ...]
    after: str = ""
    view: str = ""
    chips: list[str] = field(default_factory=list)

    def link(self, **changes: str | None) -> str:
        """The address of this list with some fields changed, or dropped when None."""
        query = {k: v for k, v in {**self.query, **changes}.items() if v}
        return f"/m/q/{self.queue}" + (f"?{urlencode(query)}" if query else "")


def read(queue: str, given: Mapping[str, Any], me: str, now: datetime, zone: Any, waits: int = 0) -> Asked:
    """An address as it was typed or clicked. What makes no sense is left out rather than refused. KeyError for an unknown queue.

    `waits`: seconds after which what waits in a list that hurries is urgent (CA-5).
    """
    assert queue in QUEUES or _unknown(queue)
    query = {k: v for k in KNOWN if (v := _joined(given, k))}
    want = QueueFilter(waits=waits if QUEUES[queue].hurries else 0, reddens=QUEUES[queue].reddens)
    for name, column in LISTS.items():
        setattr(want, column, tuple(dict.fromkeys(x for x in query.get(name, "").split(",") if x)))
    for name in TEXTS:
        setattr(want, name, query.get(name, "")[:100].strip())
    _people(want, query, me)
    want.alert, want.open = query.get("alert") == "1", query.get("open") == "1"
    want.on = _keep(query, "on", ("merchant", "buyer", "platform"))
    want.due = _keep(query, "due", ("late", *DUE_WITHIN, *RED))
    want.parcel = query.get("parcel", "")[:20]
    want.shipped, want.carried = _keep(query, "shipped", ("yes", "no")), _keep(query, "carried", ("platform", "other"))
    want.amount_from, want.amount_to = _minor(query, "amount_from"), _minor(query, "amount_to")
    _opened(want, query, queue, now, zone)
    sort = query.get("sort", "")
    want.sort, want.down = (sort.lstrip("-"), sort.startswith("-")) if sort.lstrip("-") in SORTS else _usual_sort(queue)
    desk = desk_of(queue)
    columns = tuple(c for c in query.get("cols", "").split(",") if c in desk.columns) or desk.usual[queue]
    return Asked(queue, want, query, columns, _joined(given, "after"), _joined(given, "view"), [k for k in KNOWN if k in query and k not in ("sort", "cols")])


def _usual_sort(queue: str) -> tuple[str, bool]:
    """What ends or waits soonest comes first; in a list of everything the newest."""
    return ("opened", True) if queue in WHOLE and not QUEUES[queue].ended else ("due", False)


def _unknown(queue: str) -> bool:
    raise KeyError(queue)


def _joined(given: Mapping[str, Any], name: str) -> str:
    """One field; several of the same name (checkboxes) are joined by commas."""
    values = given.getlist(name) if hasattr(given, "getlist") else [given.get(name, "")]
    return ",".join(v for value in values if (v := clean(str(value))))[:500]


def clean(text: str) -> str:
    """Without the zero byte, which no text column takes, and without blanks at the ends."""
    return text.replace("\0", "").strip()


def _keep(query: dict[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if query.get(name) not in allowed:
        query.pop(name, None)
    return query.get(name, "")


def _people(want: QueueFilter, query: dict[str, str], me: str) -> None:
    who = query.get("person", "")
    if who == "nobody":
        want.nobody = True
    elif who == "me":
        want.person = me
    elif who:
        try:
            want.person = str(UUID(who))
        except ValueError:
            query.pop("person")


def _minor(query: dict[str, str], name: str) -> int | None:
    """¥129.50 → 12950; what is no amount is dropped."""
    found = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,2}))?", query.get(name, "").replace(",", ""))
    if not found:
        query.pop(name, None)
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _opened(want: QueueFilter, query: dict[str, str], queue: str, now: datetime, zone: Any) -> None:
    """`opened=3d` counts back from now; `opened_from` and `opened_to` are days on the merchant's wall, the last one included."""
    if query.get("opened") in DAYS:
        want.opened_from = now - timedelta(days=DAYS[query["opened"]])
    else:
        query.pop("opened", None)
    for name, add in (("opened_from", 0), ("opened_to", 1)):
        try:
            day = date.fromisoformat(query.get(name, "")) + timedelta(days=add)
            setattr(want, name, datetime.combine(day, time(), zone))
        except (ValueError, OverflowError):
            query.pop(name, None)
    words = want.text and not re.fullmatch(r"[A-Za-z]-\d{4}-\d+", want.text)
    if words and queue in WHOLE and want.opened_from is None:
        query["opened"] = "90d"
        want.opened_from = now - timedelta(days=90)

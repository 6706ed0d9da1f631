"""The desk's left side: entries that the areas bring, shown to those who may open them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from amends.web.rights import may

AREAS = ("merchant", "warehouse", "finance", "platform", "settings_pages")


@dataclass(frozen=True, slots=True)
class Count:
    """Cases behind an entry: all (more than `most` is told as most+), of them due within the hour, of them late."""

    n: int
    urgent: int = 0
    late: int = 0
    most: int = 999


@dataclass(frozen=True, slots=True)
class Item:
    """`key` of the words, `section` (queues, views, shop, platform), Tabler icon, name of the address, who sees it, place.

    `covers`: addresses that begin like this belong to it too.
    """

    key: str
    section: str
    icon: str
    name: str
    permission: str | None = None
    party: str = "merchant"
    order: int = 50
    kwargs: tuple[tuple[str, str], ...] = ()
    covers: str = ""


def items() -> list[Item]:
    """Every area's NAVIGATION, in order."""
    found = [item for area in AREAS for item in importlib.import_module(f"amends.web.{area}.urls").NAVIGATION]
    return sorted(found, key=lambda item: item.order)


def counters() -> list[Callable[[Any], dict[str, Count]]]:
    """An area's `counts(request) -> {item key: Count}`, where it has one in its urls.py."""
    modules = [importlib.import_module(f"amends.web.{area}.urls") for area in AREAS]
    return [module.counts for module in modules if hasattr(module, "counts")]


def sections(request: Any) -> list[dict[str, Any]]:
    """Sections with their entries: item, url, whether it is the open page, count or None."""
    person = request.person
    if person is None:
        return []
    party = "merchant" if person.merchant_id else "platform"
    counts: dict[str, Count] = {}
    for counter in counters():
        counts |= counter(request)
    out: dict[str, list[dict[str, Any]]] = {}
    for item in items():
        if item.party == party and (item.permission is None or may(person, item.permission)):
            url = reverse(item.name, kwargs=dict(item.kwargs))
            here = request.path == url or request.path.startswith(url.rstrip("/") + "/") or bool(item.covers and request.path.startswith(item.covers))
            out.setdefault(item.section, []).append({"item": item, "url": url, "here": here, "count": counts.get(item.key)})
    return [{"section": name, "items": entries} for name, entries in out.items()]

"""纠纷商责率 as a page and as one line: the rate, the line the pack draws, whether it is kept, and the disputes that count (DI-7, PO-12); for the merchant and for the platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.core.pack import Pack
from amends.core.pack_measures import Measure
from amends.engine import liability
from amends.engine.deadlines import pack_of
from amends.engine.liability import Liability
from amends.store import merchants
from amends.store.connect import scope
from amends.web import catalogue, page, wording
from amends.web.gate import platform, staff


@dataclass(frozen=True, slots=True)
class Line:
    """The rate in words: how many of how many, the share as written, the line drawn (empty: none), and how it stands (passed, failed, none)."""

    name: str
    told: str
    drawn: str
    stands: str
    href: str
    days: int
    pack: str
    source: str


def line_of(request: Any, merchant_id: str, pack: Pack, href: str) -> Line:
    """The line of a merchant now."""
    measure = liability.measure_of(pack)
    found = liability.of(request.house.pool, merchant_id, request.now, measure.days)
    return _line(found, measure, pack, href, request.lang)


def _line(found: Liability, measure: Measure, pack: Pack, href: str, lang: str) -> Line:
    def say(key: str, **facts: Any) -> str:
        return catalogue.say(lang, f"liability.{key}", **facts)

    at = wording.at(lang)
    told = say("told", days=measure.days, n=found.liable, ended=found.ended, rate=f"{100 * found.rate:.2f}%") if found.ended else say("told_none", days=measure.days, n=found.liable)
    kept = found.passes(measure)
    source = pack.sources[measure.source].said(lang) if measure.passes is not None and measure.source in pack.sources else ""
    return Line((measure.zh, measure.en)[at], told, _drawn(measure, say), "none" if kept is None else "passed" if kept else "failed", href, measure.days, pack.name.zh if lang == "zh" else pack.name.en, source)


def _drawn(measure: Measure, say: Callable[..., str]) -> str:
    target = measure.passes
    if target is None:
        return ""
    parts = [say("below", n=target.count_below)] if target.count_below is not None else []
    parts += [say("at_most", rate=f"{target.rate_at_most / 100:g}%")] if target.rate_at_most is not None else []
    return say("or").join(parts)


def of_queue(request: Any, name: str) -> dict[str, Any]:
    """What a merchant's lists of disputes show above the table; nothing above other lists."""
    if not name.startswith("dispute-"):
        return {"liability": None}
    return {"liability": line_of(request, request.person.merchant_id, _pack(request, request.person.merchant_id), reverse("liability"))}


def _pack(request: Any, merchant_id: str) -> Pack:
    with scope(request.house.pool, UUID(merchant_id)) as conn:
        row = merchants.one(conn, merchant_id)
    if row is None:
        raise Http404
    return pack_of(row["pack_ref"])


@staff("read")
@require_safe
def own(request: Any) -> HttpResponse:
    """The disputes that count against this merchant now."""
    return _show(request, request.person.merchant_id, lambda case: reverse("case", args=[case]), reverse("liability"))


@platform("read")
@require_safe
def of_merchant(request: Any, merchant_id: Any) -> HttpResponse:
    """The same, for the platform's people."""
    return _show(request, str(merchant_id), lambda case: reverse("dispute-desk", args=[merchant_id, case]), reverse("platform-liability", args=[merchant_id]))


def _show(request: Any, merchant_id: str, to: Callable[[str], str], href: str) -> HttpResponse:
    line = line_of(request, merchant_id, _pack(request, merchant_id), href)
    rows = liability.counted(request.house.pool, merchant_id, request.now, line.days)
    context = {
        "line": line, "rows": rows, "to": to, "word": lambda name, code: wording.choice(name, code, request.lang), "state": lambda name: wording.state(name, request.lang, "dispute"),
        "formula": catalogue.say(request.lang, "liability.formula"),
    }
    return page.render(request, "disputes/liability.html", context)

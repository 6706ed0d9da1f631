"""What a merchant's own codes are called: reasons of its pack, goods, categories, provinces, addresses, people (SA-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from amends.core.pack import Pack
from amends.engine import strategies
from amends.engine.fast_review import standing
from amends.engine.flows import switches
from amends.engine.merchant_settings import settings_of
from amends.store.connect import scope
from amends.store.screens import strategy_choices
from amends.web import wording
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.strategies.naming import Labels, Names

ALERTS = ("keyword_mismatch", "keyword", "strategy")


@dataclass(slots=True)
class Shelf:
    """One merchant's names: `names` tells rows, the lists feed the form."""

    names: Names
    pack: Pack | None
    currency: str
    people: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[tuple[str, str]] = field(default_factory=list)
    carriers: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    """What decides before strategies do, at review."""


def shelf_of(request: Any, kind: str) -> Shelf:
    """Read for whoever looks: the merchant's row and bounded lists."""
    pool, merchant, lang = request.house.pool, request.person.merchant_id, request.lang
    row = settings_of(pool, by(request))
    found, at = strategies.choices(pool, merchant, kind), wording.at(lang)
    with scope(pool, UUID(merchant)) as conn:
        goods = strategy_choices.goods(conn, merchant)
    pack = wording.pack_of(row["pack_ref"])
    labels: dict[str, dict[str, tuple[str, str]]] = {
        source: {choice[0]: (choice[1 + at], "") for choice in listed} for source, listed in found.items()
    }
    own = pack_labels(pack, kind, lang)
    reasons = {code: own["reasons"].get(code, pair) for code, pair in labels.get("reasons", {}).items()}
    labels |= own | {
        "reasons": dict(sorted(reasons.items(), key=lambda item: list(own["reasons"]).index(item[0]) if item[0] in own["reasons"] else 9999)),
        "skus": {sku: (f"{title} · {sku}" if title else sku, "") for sku, title in goods},
        "payments": {code: (wording.way(code, lang), "") for code in labels.get("payments", {})},
        "alerts": {code: (wording.known(f"strategies.alert_{code}", lang, code), "") for code in labels.get("alerts") or ALERTS},
    }
    carriers = [c.strip() for c in say(lang, "case.carriers").split(";")]
    people, addresses = ([(c[0], c[1 + at]) for c in found.get(name, ())] for name in ("people", "addresses"))
    first = _first(row["settings"], row["pack_ref"], pack, request) if pack is not None and kind == "service_order" else []
    return Shelf(Names(lang, row["currency"], labels), pack, row["currency"], people, addresses, carriers, first)


def _first(settings: dict[str, Any], ref: str, pack: Pack, request: Any) -> list[str]:
    """Fast review where the merchant takes part, and the pack's agreement where it is switched on; they are asked in this order (engine/automate.py)."""
    asked = (("fast_review.title", standing(settings, ref, request.now)["on"]), ("settings.switch_auto_agree", switches(pack, settings).get("auto_agree")))
    return [say(request.lang, key) for key, on in asked if on]


def pack_labels(pack: Pack | None, kind: str, lang: str) -> dict[str, dict[str, tuple[str, str]]]:
    """The pack's reasons by code, each under the group it stands in; those of staff under `reasons.reject` and the like."""
    at = wording.at(lang)
    out: dict[str, dict[str, tuple[str, str]]] = {"reasons": {}}
    if pack is None:
        return out
    if kind == "cancellation":
        out["reasons"] = {r.code: ((r.zh, r.en)[at], "") for r in (*pack.cancellation.reasons, *pack.cancellation.deletion_reasons)}
    else:
        for group in (group for groups in pack.reasons.values() for group in groups):
            for leaf in group.leaves:
                out["reasons"].setdefault(leaf.code, ((leaf.zh, leaf.en)[at], (group.zh, group.en)[at]))
    for verb, trees in pack.review_reasons.items():
        out[f"reasons.{verb}"] = {leaf.code: ((leaf.zh, leaf.en)[at], (tree.zh, tree.en)[at]) for tree in trees for leaf in tree.leaves}
    out["reasons.call_platform"] = {leaf.code: ((leaf.zh, leaf.en)[at], (tree.zh, tree.en)[at]) for tree in pack.platform_reasons["merchant"] for leaf in tree.leaves}
    return out


__all__ = ["ALERTS", "Labels", "Shelf", "pack_labels", "shelf_of"]

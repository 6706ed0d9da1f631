"""Stock and holds, pure: which warehouse can give, all lines or none, when a hold ends and why (ST-K1 … ST-K4).

A place is (SKU, warehouse); the warehouse '' is the first one a merchant has. Free pieces are those on hand and held for nobody.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from amends.core.refusal import Refusal

Place: TypeAlias = tuple[str, str]
Verdict: TypeAlias = Literal["new", "stale", "again"]
"""What becomes of a message about stock: it counts, a later count is known already, or it was said before."""

HOLDS_IN = frozenset({"reviewing", "awaiting_buyer", "negotiating", "awaiting_return", "in_transit", "processing", "collecting", "claiming_back", "fulfilling"})
"""States in which goods may still go out to the buyer; in every other state a case holds nothing."""
NEVER_CAME = frozenset({"wrong_item", "missing", "lost", "kept_by_buyer"})
"""Findings of a receipt by which no piece of this SKU came in, whatever was counted (ST-039)."""
SWITCHES = ("exchange_only_with_stock", "exchange_locks_stock", "deduct_offline")
"""ST-K1: apply for an exchange only with stock; the application locks it; offline exchanges and reissues deduct by themselves."""
HOLD_DAYS, HOLD_DAYS_MOST = 20, 60
"""How long an application holds, in days. Own figure, the merchant may choose another: longer than review (48 h), way back (7 days to send, a
week on the road) and processing (3 days) together, so that a hold outlives an exchange that keeps its times. No source gives one."""
DISPOSALS = ("sale", "scrap")
"""What may become of goods in quarantine after inspection (SO-20)."""


@dataclass(frozen=True, slots=True)
class Held:
    """Pieces of one SKU in one warehouse, kept for one case."""

    sku: str
    warehouse: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Short:
    """`wanted` pieces of a SKU, `left` of them in the warehouse that has most, the `at`-th line wanted; `left` None: never counted."""

    at: int
    sku: str
    wanted: int
    left: int | None


def choose(free: Mapping[str, int], quantity: int) -> str | None:
    """The warehouse all pieces leave from: '' if it can, else the first by name that can; None if no single one has them."""
    return next((place for place in sorted(free) if free[place] >= quantity), None)


def hold_all(free: Mapping[str, Mapping[str, int]], wants: Sequence[tuple[str, int]]) -> list[Held] | Short:
    """Pieces for every line wanted (SKU, quantity), or which line is short: all are held or none (ST-K2). `free`: by SKU and warehouse.

    Lines of the same SKU count together, so that the second cannot have what the first took (ST-063).
    """
    left = {sku: dict(places) for sku, places in free.items()}
    held: list[Held] = []
    for at, (sku, quantity) in enumerate(wants):
        places = left.get(sku, {})
        warehouse = choose(places, quantity)
        if warehouse is None:
            return Short(at, sku, quantity, max(places.values()) if places else None)
        places[warehouse] -= quantity
        held.append(Held(sku, warehouse, quantity))
    return held


def together(held: Iterable[Held]) -> list[Held]:
    """Holds of one case by place, in the order in which stock is locked: a case has one hold in a place."""
    sums: dict[Place, int] = {}
    for one in held:
        sums[one.sku, one.warehouse] = sums.get((one.sku, one.warehouse), 0) + one.quantity
    return [Held(sku, warehouse, quantity) for (sku, warehouse), quantity in sorted(sums.items())]


def why_ended(state: str, to: str, final: bool, type_: str, new_type: str) -> str | None:
    """Why a case's holds end with a decision from `state` to `to`, or None while they last (ST-K2).

    They end when the case ends, when its type changes, when the buyer does not pay for a dearer SKU, and when something else was decided.
    """
    if final:
        return "case_ended"
    if to not in HOLDS_IN:
        return "not_sent"
    if new_type != type_:
        return "type_changed"
    return "not_paid" if state == "collecting" and to == "processing" else None


def judge(version: int | None, known: int, seen_before: bool) -> Verdict:
    """What becomes of a message (ST-K4): one said before does nothing; a count older than the last one known does no harm.

    `version` None: a person counts now, which always counts. Differences have no order and are judged by `seen_before` alone.
    """
    if seen_before:
        return "again"
    return "stale" if version is not None and version <= known else "new"


def cannot_hold(settings: Mapping[str, Any]) -> Refusal | None:
    """ST-K3: why this merchant's stock cannot be held, if so: it is partitioned, or an ERP keeps it that has not declared support."""
    if settings.get("stock_partitioned"):
        return Refusal("stock_partitioned", field="exchange_locks_stock")
    connector = settings.get("stock_connector") or {}
    if connector.get("name") and not connector.get("holds"):
        return Refusal("connector_without_holds", {"name": connector["name"]}, "exchange_locks_stock")
    return None


def switched(settings: Mapping[str, Any], name: str) -> bool:
    """Whether a switch of ST-K1 is on and possible: what was switched on stands still while ST-K3 stands in its way."""
    return bool(settings.get(name)) and (name == "deduct_offline" or cannot_hold(settings) is None)


def hold_days(settings: Mapping[str, Any]) -> int:
    """How many days an application holds."""
    return int(settings.get("hold_days") or HOLD_DAYS)

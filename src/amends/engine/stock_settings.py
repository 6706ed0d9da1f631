"""What a merchant decides about its stock (ST-K1, ST-K3): three switches, how long an application holds, and who keeps the stock elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.core.stock import HOLD_DAYS, HOLD_DAYS_MOST, SWITCHES, cannot_hold
from amends.engine.audit import By, record
from amends.store import merchants
from amends.store.connect import Pool, scope

NAME_AT_MOST = 40
NEEDS_HOLDS = ("exchange_only_with_stock", "exchange_locks_stock")
"""Switches that stand on holds and so on ST-K3; deducting offline does not."""


@dataclass(slots=True)
class Chosen:
    """The settings as typed. `connector`: the name of the ERP (or of its connection) that keeps the stock; `holds`: it has declared that it knows holds."""

    switches: dict[str, bool] = field(default_factory=dict)
    hold_days: str = str(HOLD_DAYS)
    partitioned: bool = False
    connector: str = ""
    holds: bool = False


def chosen_of(settings: dict[str, Any]) -> Chosen:
    """What is kept now."""
    connector = settings.get("stock_connector") or {}
    return Chosen(
        {name: bool(settings.get(name)) for name in SWITCHES}, str(settings.get("hold_days") or HOLD_DAYS), bool(settings.get("stock_partitioned")),
        connector.get("name", ""), bool(connector.get("holds")),
    )


def change(pool: Pool, by: By, chosen: Chosen, now: datetime) -> Refusal | None:
    """Keep what was chosen; a switch that needs holds is refused with the reason where stock cannot be held (ST-K3)."""
    if refusal := by.lacks("manage_settings") or _wrong(chosen):
        return refusal
    after: dict[str, Any] = {
        **{name: bool(chosen.switches.get(name)) for name in SWITCHES}, "hold_days": int(chosen.hold_days), "stock_partitioned": chosen.partitioned,
        "stock_connector": _connector(chosen.connector, chosen.holds),
    }
    wanted = next((name for name in NEEDS_HOLDS if after[name]), None)
    if wanted and (refusal := cannot_hold(after)):
        return Refusal(refusal.code, refusal.facts, wanted)
    return _keep(pool, by, str(by.merchant_id), after, now)


def declare(pool: Pool, by: By, merchant_id: str, name: str, holds: bool, now: datetime) -> Refusal | None:
    """What the ERP that keeps this merchant's stock declares of itself, by its API key. Without holds, switches that need them stand still."""
    if refusal := by.lacks("manage_stock") or _wrong_name(name):
        return refusal
    return _keep(pool, by, merchant_id, {"stock_connector": _connector(name, holds)}, now)


def _connector(name: str, holds: bool) -> dict[str, Any]:
    return {"name": name.strip(), "holds": holds} if name.strip() else {}


def _wrong(chosen: Chosen) -> Refusal | None:
    if not (chosen.hold_days.isdecimal() and 1 <= int(chosen.hold_days) <= HOLD_DAYS_MOST):
        return Refusal("hold_days_wrong", {"most": HOLD_DAYS_MOST}, "hold_days")
    return _wrong_name(chosen.connector)


def _wrong_name(name: str) -> Refusal | None:
    return Refusal("connector_name_long", {"most": NAME_AT_MOST}, "connector") if len(name.strip()) > NAME_AT_MOST or not name.strip().isprintable() else None


def _keep(pool: Pool, by: By, merchant_id: str, after: dict[str, Any], now: datetime) -> Refusal | None:
    with scope(pool, UUID(merchant_id)) as conn:
        old = merchants.one(conn, merchant_id, lock=True)
        if old is None:
            return Refusal("merchant_unknown", {"name": merchant_id})
        before = {name: old["settings"].get(name) for name in after}
        changed = [name for name in after if before[name] != after[name] and (before[name] or after[name])]
        if changed:
            merchants.change(conn, merchant_id, {**old, "settings": {**old["settings"], **after}})
            record(
                conn, by, now, "settings_changed", ("merchant", merchant_id), merchant_id=merchant_id,
                before={k: before[k] for k in changed}, after={k: after[k] for k in changed},
            )
    return None

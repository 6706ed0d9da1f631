"""What a merchant sets for itself (ME-4): name, service hours, days off, switches; and what the platform sets for it: pack and mode."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from amends.core.calendar import check
from amends.core.orders import CONFIRM_AFTER_DAYS
from amends.core.pack import Pack
from amends.core.pack_flows import OWN
from amends.core.pack_release import Holder
from amends.core.refusal import Refusal
from amends.engine.accounts import MODES
from amends.engine.audit import By, record
from amends.engine.deadlines import calendar_from, pack_of
from amends.engine.flows import switches
from amends.engine.ids import is_id
from amends.engine.pack_releases import moved
from amends.engine.pack_start import offers, version_for
from amends.store import automation, merchants, platform_store
from amends.store.connect import Pool, scope

DEFAULT_HOURS = ("09:00", "21:00")


@dataclass(slots=True)
class Chosen:
    """The settings as typed: times as HH:MM in the merchant's zone, days as YYYY-MM-DD."""

    name: str
    opens: str
    closes: str
    open_on_holidays: bool = False
    days_off: list[str] = field(default_factory=list)
    days_on: list[str] = field(default_factory=list)
    switches: dict[str, bool] = field(default_factory=dict)
    confirm_after_days: str = str(CONFIRM_AFTER_DAYS)


def settings_of(pool: Pool, by: By) -> merchants.Row:
    """The asker's merchant. Raises LookupError for the platform's people, who are of none."""
    with scope(pool, by.scope) as conn:
        row = merchants.one(conn, by.merchant_id) if by.merchant_id else None
    if row is None:
        raise LookupError("no merchant")
    return row


def switches_of(row: merchants.Row) -> dict[str, bool]:
    """The switches that the merchant's pack leaves to it, and how they stand now."""
    return switches(pack_of(row["pack_ref"]), row["settings"])


def change_settings(pool: Pool, by: By, chosen: Chosen, now: datetime) -> Refusal | None:
    """Keep what was chosen; clocks armed from now on follow it, those already armed stay as they were promised."""
    refusal = by.lacks("manage_settings") or _refused(chosen)
    if refusal or by.merchant_id is None:
        return refusal or Refusal("merchant_unknown", {"name": by.actor.name})
    with scope(pool, by.scope) as conn:
        old = merchants.one(conn, by.merchant_id, lock=True)
        if old is None:
            return Refusal("merchant_unknown", {"name": by.merchant_id})
        changed = {
            "hours": [chosen.opens, chosen.closes], "open_on_holidays": chosen.open_on_holidays, "days_off": sorted(set(chosen.days_off)),
            "days_on": sorted(set(chosen.days_on)), "confirm_after_days": int(chosen.confirm_after_days),
        } | {name: bool(chosen.switches.get(name)) for name in switches_of(old)}
        _keep(conn, by, old, old | {"name": chosen.name.strip(), "settings": old["settings"] | changed}, now)
        automation.refresh(conn, by.merchant_id)
    return None


def change_terms(pool: Pool, by: By, merchant_id: str, pack: str, mode: str, now: datetime, *, own: bool | None = None) -> Refusal | None:
    """The platform moves a merchant to another policy pack or fulfilment mode. Of the pack it gets the version in force for it, which names it from then on (PO-18).

    `own`: whether the merchant does all after-sales itself or by its mode's flow (PO-8), for cases opened from now on; None leaves it.
    """
    if by.merchant_id is not None:
        return Refusal("not_yours", {"command": "change_terms", "party": by.actor.party.value})
    refusal = by.lacks("manage_settings")
    if refusal:
        return refusal
    if mode not in MODES:
        return Refusal("not_a_choice", {"zh": "履约模式", "en": "Fulfilment mode", "choices": list(MODES)}, "mode")
    with scope(pool, by.scope) as conn:
        old = merchants.one(conn, merchant_id, lock=True) if is_id(merchant_id) else None
        if old is None:
            return Refusal("merchant_unknown", {"name": merchant_id})
        if not offers(conn, pack):
            return Refusal("pack_unknown", {"pack": pack}, "pack")
        version = version_for(conn, merchant_id, pack, now) if pack != old["pack"] else old["pack_version"]
        does, did = _does_itself(old, own), bool(old["settings"].get(OWN, True))
        if refusal := None if does else _cannot_share(conn, pack_of(f"{pack}@{version}"), mode):
            return refusal
        settings = old["settings"] | ({OWN: does} if does != did else {})
        _keep(conn, by, old, old | {"pack": pack, "fulfilment_mode": mode, "settings": settings}, now)
        if pack != old["pack"]:
            moved(conn, by, Holder(merchant_id, old["pack"], old["pack_version"]), (pack, version), now)
    return None


def _does_itself(row: merchants.Row, own: bool | None) -> bool:
    return bool(row["settings"].get(OWN, True)) if own is None else own


def _cannot_share(conn: Any, pack: Pack, mode: str) -> Refusal | None:
    """Why the platform cannot do its part under this pack and mode: nothing is said of it, or nobody knows where goods would go."""
    flow = pack.flows.of_mode(mode)
    if flow is None:
        return Refusal("mode_has_no_flow", {"mode": mode}, "own")
    if flow.goods_to == "platform_store" and platform_store.place(conn) is None:
        return Refusal("store_place_missing", field="own")
    return None


def _keep(conn: Any, by: By, old: merchants.Row, new: merchants.Row, now: datetime) -> None:
    before, after = _flat(old), _flat(new)
    changed = [k for k in after if before.get(k) != after[k]]
    if changed:
        merchants.change(conn, old["id"], new)
        record(
            conn, by, now, "settings_changed", ("merchant", old["id"]), merchant_id=old["id"],
            before={k: before.get(k) for k in changed}, after={k: after[k] for k in changed},
        )


def _flat(row: merchants.Row) -> dict[str, Any]:
    return {"name": row["name"], "pack": row["pack"], "fulfilment_mode": row["fulfilment_mode"], **row["settings"]}


def _refused(chosen: Chosen) -> Refusal | None:
    name = chosen.name.strip()
    if not name:
        return Refusal("required", {"zh": "商家名称", "en": "Merchant's name"}, "name")
    if len(name) > 60:
        return Refusal("too_long", {"zh": "商家名称", "en": "Merchant's name", "most": 60, "now": len(name)}, "name")
    for day in (*chosen.days_off, *chosen.days_on):
        if not _is_day(day):
            return Refusal("day_wrong", {"day": day}, "days_off" if day in chosen.days_off else "days_on")
    if both := sorted({*chosen.days_off} & {*chosen.days_on}):
        return Refusal("day_twice", {"day": both}, "days_on")
    if not (chosen.confirm_after_days.isdecimal() and 1 <= int(chosen.confirm_after_days) <= 30):
        return Refusal("out_of_range", {"zh": "自动确认收货天数", "en": "Days until receipt is taken as confirmed", "least": 1, "most": 30}, "confirm_after_days")
    try:
        problems = check(calendar_from({"hours": [chosen.opens, chosen.closes], "days_off": chosen.days_off, "days_on": chosen.days_on}))
    except ValueError:
        return Refusal("hours_wrong", field="opens")
    return Refusal("hours_wrong", field="opens") if problems else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

"""The facts of cases as strategies see them: now, or as they were when a case was at its node, without hindsight (SA-2, SA-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.hours import Calendar
from amends.core.strategy_facts import FACTS
from amends.engine.deadlines import calendar_from
from amends.engine.strategy_then import WasThen
from amends.store import strategy_facts as rows
from amends.store.merchant_seen import MerchantSeen

Facts = dict[str, Any]
_SETS = ("keywords", "alerts")
_FIELDS: dict[str, str] = {
    "type": "case_type", "reason": "reason", "fault": "responsibility", "quantity": "quantity", "description": "description", "photos": "photos", "keywords": "keywords", "alert": "alerts",
    "received": "received_quantity", "condition": "condition", "packaging": "packaging", "appearance": "appearance", "function": "function", "accessories": "accessories",
    "counted_as_received": "counted_as_received", "alert_open": "_alert",
}
"""Facts of a case that events change, and what strategies call them."""
_INITIAL = {"case_type": "type", "reason": "reason", "quantity": "quantity"}
"""What the first event says of the application."""
_NOTHING: dict[str, Any] = {"_alert": False, "counted_as_received": False, "alerts": frozenset()}
"""What holds before anything was noted; other inspection facts are not known then."""
_LATER = frozenset(_NOTHING) | {"received_quantity", "condition", "packaging", "appearance", "function", "accessories"}
"""Facts that begin with an event: before it there is nothing, not something unknown."""


class Wall:
    """The merchant's clock for a batch: day, weekday, minute and whether it is open, each instant worked out once."""

    def __init__(self, merchant: MerchantSeen) -> None:
        self._zone = ZoneInfo(merchant.tz)
        self._calendar: Calendar = calendar_from(merchant.settings)
        self._known: dict[datetime, Facts] = {}

    def at(self, instant: datetime) -> Facts:
        """`_day`, `_weekday`, `_minute`, `time_of_day`, `service_hours`."""
        found = self._known.get(instant)
        if found is None:
            local = instant.astimezone(self._zone)
            now = local.hour * 60 + local.minute
            found = self._known[instant] = {
                "_day": local.date().isoformat(), "_weekday": local.weekday(), "_minute": now, "time_of_day": now, "service_hours": self._calendar.is_open(instant),
            }
        return found


def read_now(conn: Any, merchant: str, ids: list[str], needs: Iterable[str], seen: MerchantSeen, now: datetime) -> list[Facts]:
    """The facts of these cases now, each a dict by code with `_id`, `_version`, `_state`, `_kind`, `_assignee`, `_alert`, `_buyer`, `_number`, `_currency` beside them."""
    wanted = _with_words(needs)
    names, found = rows.read(conn, merchant, [(i, now) for i in ids], wanted, past=False)
    common = dict(Wall(seen).at(now))
    if "agent_load" in wanted:
        common["agent_load"] = rows.agent_load(conn, merchant)
    codes, same = (*common, *names), tuple(common.values())
    out = [dict(zip(codes, same + row, strict=True)) for row in found]
    _finish(out, wanted)
    _own_currency(out, wanted, seen.currency)
    return out


def read_then(conn: Any, merchant: str, cases: list[tuple[str, int, datetime]], needs: Iterable[str], seen: MerchantSeen, was: WasThen | None = None) -> list[Facts]:
    """The facts of (case, version, instant) as they were then, service hours by `was` as well. What history does not keep (`Fact.in_trials`), or cannot tell any more, is None."""
    wanted = _with_words(needs) | {"case_type", "quantity"}
    versions = {case: version for case, version, _ in cases}
    names, found = rows.read(conn, merchant, [(case, at) for case, _, at in cases], wanted, past=True)
    walls: dict[int, Wall] = {}
    out = []
    for row in found:
        facts = dict(zip(names, row, strict=True))
        then = was.at(facts["_at"]).seen if was is not None else seen
        if id(then) not in walls:
            walls[id(then)] = Wall(then)
        wall = walls[id(then)]
        out.append({**wall.at(facts["_at"]), "agent_load": None, **facts})
    _put_back(conn, merchant, out, versions)
    _finish(out, wanted)
    _own_currency(out, wanted, seen.currency)
    return out


def _put_back(conn: Any, merchant: str, out: list[Facts], versions: dict[str, int]) -> None:
    history: dict[str, list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}
    for case, version, changed, typed in rows.changes(conn, merchant, list(versions), list(_FIELDS)):
        history.setdefault(case, []).append((version, changed, typed))
    for facts in out:
        was, quantity = versions[facts["_id"]], facts["quantity"]
        events = history.get(facts["_id"], [])
        for field, code in _FIELDS.items():
            if code in facts:
                facts[code] = _as_of(facts[code], field, code, events, was)
        facts["_version"] = was
        if "amount" in facts and quantity and facts["quantity"] and facts["quantity"] != quantity:
            facts["amount"] = facts["amount"] * facts["quantity"] // quantity
        if "received_all" in facts:
            got = facts.get("received_quantity", _as_of(facts["received_all"], "received", "received_quantity", events, was))
            facts["received_all"] = None if got is None else int(got) >= facts["quantity"]


def _as_of(now: Any, field: str, code: str, events: list[tuple[int, dict[str, Any], dict[str, Any]]], was: int) -> Any:
    """The value at a version: the last change up to it, otherwise what there was before the first change."""
    touched = [(version, changed[field]) for version, changed, _ in events if field in changed]
    before = [value for version, value in touched if version <= was]
    if before:
        value = before[-1]
        if field == "photos":
            return len(value or ())
        return value.get("sets", []) if field == "alert" and isinstance(value, dict) else value
    if code in _LATER:
        return _NOTHING.get(code)
    if not touched:
        return now
    return events[0][2].get(_INITIAL[code]) if code in _INITIAL and events and events[0][0] == 1 else None


def _finish(out: list[Facts], wanted: frozenset[str]) -> None:
    """Texts folded, lists as sets."""
    for code in _SETS:
        if code in wanted:
            for facts in out:
                facts[code] = None if facts[code] is None else frozenset(facts[code])
    if "description" in wanted:
        for facts in out:
            facts["description"] = None if facts["description"] is None else facts["description"].casefold()
    if "goods_state" in wanted:
        for facts in out:
            facts["goods_state"] = facts["goods_state"] or said_of_goods(facts["description"] or "")


def _own_currency(out: list[Facts], wanted: frozenset[str], currency: str) -> None:
    """Amounts are compared in the merchant's currency: of an order in another one they are not known, and fit nothing."""
    if codes := [code for code in ("amount", "order_amount") if code in wanted]:
        for facts in out:
            if facts["_currency"] != currency:
                facts.update(dict.fromkeys(codes))


def _with_words(needs: Iterable[str]) -> frozenset[str]:
    """What is read: whether goods were opened also stands in the buyer's own words."""
    wanted = frozenset(needs)
    return wanted | {"description"} if "goods_state" in wanted else wanted


_UNOPENED = re.compile("(未|没|没有|尚未|还没)(拆|开封|打开)|全新未|unopened|not (been )?opened|never opened|still sealed")
_OPENED = re.compile("拆|开封|打开|opened|unboxed")


def said_of_goods(words: str) -> str:
    """unopened, opened or unknown, as the buyer's folded words say."""
    return "unopened" if _UNOPENED.search(words) else "opened" if _OPENED.search(words) else "unknown"


def unknown_in_trials(needs: Iterable[str]) -> list[str]:
    """Facts among these that the past does not keep: conditions on them fit nothing in a trial."""
    return sorted(code for code in needs if code in FACTS and not FACTS[code].in_trials)

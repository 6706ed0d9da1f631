"""Rows of a trial on the road as it was: each fitting row is decided on its case as the case, its order's money and the stock stood then, and a guard's refusal is told (SA-4, SA-7).

What rows gave in the trial counts against later cases where people gave nothing: money of an order with several cases, pieces of a SKU. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.case import Case
from amends.core.cases import TABLES
from amends.core.commands import Command, build
from amends.core.machine import Decision, Look, decide
from amends.core.price_difference import Priced
from amends.core.refusal import Refusal
from amends.core.strategy import BESIDE
from amends.core.strategy_check import fields_of
from amends.core.strategy_played import Played
from amends.engine.acting import worth
from amends.engine.columns import COLUMNS
from amends.engine.entitlements import Money
from amends.engine.facts import Facts, needs_of, order_of
from amends.engine.road import case_of
from amends.engine.shelves import Shelves
from amends.engine.strategy_compile import Compiled
from amends.engine.strategy_decider import acting_of
from amends.engine.strategy_then import WasThen
from amends.store import strategy_past as past
from amends.store import was_then
from amends.store.batch import Found, Needs, Row

APPLIED = frozenset({
    "title", "description", "photos", "fault", "return_way", "flow", "tags", "refused_before", "replacement_address", "order_number", "line_id", "line_paid", "line_quantity", "reason_zh",
    "reason_en", "region", "pack", "pack_version", "clock", "verdict", "by_staff", "override_reason", "goods_state", "stock_short", "fast_review", "kinds", "lines", "shipped",
    "shipped_at_opening", "platform_delivery", "in_time_until", "reviewer_source", "fast",
})
"""Facts that a case may have from its first event on; all others began with the event that changed them."""


@dataclass(slots=True)
class Said:
    """What the road would have said: a refusal, or what the act is worth to its limits and what it grants at once (minor units; None: no money moves with it)."""

    refusal: Refusal | None = None
    worth: int = 0
    granted: int | None = None
    order: str = ""
    line: str = ""
    pieces: int = 0
    sku: str = ""


class Guards:
    """The road of the past for a piece of a trial. `chosen`: by case id, the version and the instant it is decided at, and the place of its row."""

    def __init__(self, conn: Any, merchant: str, compiled: Compiled, chosen: Mapping[str, tuple[int, datetime, int]], was: WasThen, now: datetime, played: Played) -> None:
        seen = was.seen
        self._compiled, self._merchant, self._pack, self._played = compiled, merchant, seen.pack, played
        self._chosen = {case: at for case, at in chosen.items() if compiled.table.rows[at[2]].action.command not in BESIDE}
        self._seen = past.Past()
        commands = [made for place in {at[2] for at in self._chosen.values()} if (made := self._made(place, 1)) is not None]
        needs = needs_of(commands)
        if commands:
            self._seen = past.read(conn, merchant, [(case, at[1]) for case, at in self._chosen.items()], needs)
            if self._seen.prices:
                was.record.prices |= was_then.prices(conn, merchant, [row[0] for row in self._seen.prices])
        self._facts = _Then(Found([], [], [], seen, prices=self._seen.prices), now, self._seen, was, needs)
        self._cases = {row[0]: row for row in self._seen.cases}

    def say(self, case_id: str) -> Said | None:
        """What the road would have said to the row chosen for this case; None where it does not decide, or where the past does not tell."""
        at, row = self._chosen.get(case_id), self._cases.get(case_id)
        case = None if at is None or row is None else then(case_of(self._merchant, row), self._seen.events.get(case_id, ()), at[0])
        if at is None or case is None:
            return None
        _, when, place = at
        acting = acting_of(self._compiled, place, self._merchant, self._pack)
        command = self._made(place, case.quantity)
        if command is None:
            return None
        self._facts.stand(case, when, self._played)
        decided = decide(TABLES[case.kind], Look(case, command, acting.actor, when, self._facts.of(case, command)))
        if isinstance(decided, Refusal):
            return Said(decided)
        return _said(case, command, acting.name, decided)

    def count(self, said: Said, *, people_gave: bool, people_took: bool) -> None:
        """The row acts: what it gives is gone for later cases, unless people gave it too and the past knows it."""
        if said.granted and not people_gave and said.order in self._seen.shared:
            self._played.give(said.order, said.line, said.pieces, said.granted)
        if said.sku and not people_took:
            self._played.take(said.sku, said.pieces)

    def _made(self, place: int, quantity: int) -> Command | None:
        acting = acting_of(self._compiled, place, self._merchant, self._pack)
        if acting.made is not None or acting.command is None:
            return acting.made
        return build(acting.command, fields_of(acting.name, acting.row.action.fields, _Quantity(quantity)))[0]


@dataclass(slots=True)
class _Quantity:
    """What an action takes from the case (`core.strategy.OF_CASE`)."""

    quantity: int


class _Then(Facts):
    """The facts of one case after another, each as of its instant; packs and their clocks are worked out once."""

    def __init__(self, found: Found, now: datetime, seen: past.Past, was: WasThen, needs: Needs) -> None:
        super().__init__(found, now)
        self._seen, self._was, self._needs, self._today = seen, was, needs, self.prices
        self._lines: dict[str, list[Row]] = {}
        for line in seen.lines:
            self._lines.setdefault(line[0], []).append(line)

    def stand(self, case: Case, when: datetime, played: Played) -> None:
        """From now on the facts are those of this case then."""
        seen, orders = self._seen, self._seen.orders.get(case.id, [])
        grants = [*seen.grants.get(case.id, ()), *((case.order_id, "", line or None, pieces, amount) for line, pieces, amount in played.given(case.order_id))]
        self.now = when
        self.money = Money(Found([], [], [], self.merchant, orders=orders, lines=self._lines.get(case.order_id, []), payments=seen.payments.get(case.id, []), grants=grants))
        self.orders = {row[0]: order_of(row) for row in orders}
        self.shelves = Shelves(_less(seen.stock.get(case.id, []), played), seen.holds.get(case.id, []))
        self._merchant_then(case, when)

    def _merchant_then(self, case: Case, when: datetime) -> None:
        """Settings, addresses, people and prices of that time; what is on no record is noted."""
        stood = self._was.at(when)
        if stood.seen.settings != self.settings:
            self.merchant, self.settings, self._deadlines = stood.seen, stood.seen.settings, {}
        self.addresses, self.staff = {i: label for i, label, _ in stood.addresses}, dict(stood.staff)
        self.default_address = next((i for i, _, is_default in stood.addresses if is_default), None)
        if self._needs.addresses:
            self._was.note("addresses", *(self._was.record.addresses[i]["label"] for i in self._was.record.unmade))
        if self._needs.prices:
            self.prices = dict(self._today)
            for sku in {case.sku, *self._needs.skus} & self._today.keys():
                if (found := self._was.price(sku, when)) is not None:
                    self.prices[sku] = Priced(*found)
                else:
                    self._was.note("prices", sku)


def then(case: Case, events: Iterable[Row], version: int) -> Case | None:
    """The case as it stood at a version, by its events (version, to, changes, what the first was given); None where they do not reach that far.

    Nobody has it: who picked it up before the instant of a trial did so because no strategy had come first.
    """
    state, before, later, first = "", dict[str, Any](), set[str](), dict[str, Any]()
    for number, to, changes, given in events:
        if number == 1:
            first = given or {}
        if number <= version:
            state = to
            before |= changes
        else:
            later |= changes.keys()
    if state not in TABLES[case.kind].states:
        return None
    for name in later:
        if name in COLUMNS:
            if name in before or name in first or name in ("granted", "moved"):
                setattr(case, name, before.get(name, first.get(name, 0)))
        elif name in before:
            case.body[name] = before[name]
        elif name == "reviewed_by":
            case.body[name] = "platform"  # it is only ever passed on from there (PO-11)
        elif name not in APPLIED:
            case.body.pop(name, None)
    case.state, case.version, case.closed_at, case.due_at, case.assignee, case.assignee_name = state, version, None, None, None, ""
    return case


def _said(case: Case, command: Command, name: str, decided: Decision) -> Said:
    effects = [{"effect": effect, **body} for effect, body in decided.effects]
    pays = [int(e.get("amount") or 0) for e in effects if e["effect"] == "pay_refund"]
    taken = next((e for e in effects if e["effect"] in TAKES), None)
    pieces = getattr(command, "quantity", None) or case.quantity
    sku = (getattr(command, "sku", "") or case.sku) if taken is not None else ""
    return Said(None, worth(case, command, name, {"changes": decided.changes, "effects": effects}), sum(pays) if pays else None, case.order_id, case.body.get("line_id", ""), pieces, sku)


TAKES = frozenset({"hold_stock", "take_stock", "take_offline_stock"})
"""Effects by which pieces are no longer free to others."""
TOOK = frozenset({"reissue_without_return", "reissue_offline", "reissue", "exchange", "exchange_offline"})
"""Commands of people after which the past itself knows that pieces are gone."""


def _less(stock: list[Row], played: Played) -> list[Row]:
    """Places with what rows have taken in this trial away, from the fullest first."""
    gone = {row[0]: played.taken(row[0]) for row in stock}
    out: list[Row] = []
    for sku, warehouse, free in sorted(stock, key=lambda row: -int(row[2])):
        out.append((sku, warehouse, free - gone.pop(sku, 0)))
    return out

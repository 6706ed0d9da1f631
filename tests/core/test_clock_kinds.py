"""Every time of the product: stopped by suspensions, or excused with a reason (PO-15). Whoever adds one has to decide, or one of these fails."""

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import amends
from amends.core.clock_kinds import BESIDE, ELSEWHERE, SUSPENDABLE, covers, kind_of, stops_of, why_not
from amends.core.clock_statement import statement
from amends.core.clock_words import CLOCK_NAMES
from amends.core.pack import CLOCKS, Pack
from amends.core.pauses import Suspension
from amends.core.policy import load_pack
from amends.core.spans import Span
from amends.core.windows import WINDOWS

HOUSE = Path(amends.__file__).parent
PACKS = ("jd", "pdd", "kuaishou", "tmall")

FIGURES: dict[str, str] = {
    "Clock.span": "state", "Clock.span_by": "state", "Clock.remind_before": "state", "Where.span": "state", "FastReview.else_span": "state",
    "PriceProtection.answer": "price_answer", "PriceProtection.days": "price_ask", "ReturnFreight.answer": "freight_answer", "ReturnFreight.claim_days": "freight_ask",
    "Regime.ship_within": "order_ship", "Regime.wait": "late_wait", "Tier.late_for": "late_tier", "Goodwill.coupon_days": "coupon",
    "OrderDesk.pick_up_within": "order_pick_up", "OrderDesk.pick_up_watched": "order_no_scan", "OrderDesk.warn_before": "order_ship", "OrderDesk.unlock_after": "order_change",
    "OrderDesk.urge_every": "order_urge", "OrderDesk.balance_reminders": "order_balance", "Disputes.open_days": "dispute_open", "Tickets.red_after": "ticket_red", "Tickets.reopen_days": "ticket_reopen",
    "Cancellation.urgent_after": "cancel_urgent", "Negotiation.least_left": "state",
    "Window.days": "apply_window", "Guarantee.return_days": "guarantee", "Guarantee.exchange_days": "guarantee", "Guarantee.repair_days": "guarantee", "Measure.days": "measure", "Threshold.days": "measure", "Part.within": "measure", "Passes.seconds_at_most": "measure", "GoodwillLimits.agent_day": "money",
}
"""Figures of a pack that are a length of time: what they are of. `state`: a clock of a table."""
NO_TIME = re.compile(r"_source$")
LOOKS_LIKE_TIME = re.compile(r"(^|_)(watched|days|day|hours|minutes|seconds|within|after|every|wait|late_for|before|left|span|answer|reminders|until|expires|lifetime|takes_effect)($|_)")

COLUMNS: dict[str, str] = {
    "clocks.due_at": "state", "clocks.remind_at": "state", "cases.due_at": "state", "compensations.due_at": "price_answer", "orders.promised_ship_by": "order_ship",
    "orders.balance_due_at": "order_balance", "orders.locked_until": "order_change", "coupons.valid_from": "coupon", "coupons.valid_until": "coupon", "holds.expires_at": "stock_hold",
    "suspensions.starts_at": "record", "suspensions.ends_at": "record", "pack_assignments.since": "release", "pack_releases.starts_at": "release",
    "pickup_slots.starts_at": "appointment", "pickup_slots.ends_at": "appointment", "pickups.starts_at": "appointment", "pickups.ends_at": "appointment",
    "api_keys.expires_at": "security", "sessions.expires_at": "security", "people.locked_until": "security", "rate_limits.window_start": "security",
    **dict.fromkeys((
        "charges.next_look_at", "considerations.due_at", "considerations.leased_until", "dossiers.claimed_until", "imports.claimed_until", "mailboxes.leased_until", "mailboxes.next_look_at",
        "mailboxes.seen_until", "mails.due_at", "outbox.due_at", "parcels.next_look_at", "refund_requests.next_look_at", "strategy_runs.claimed_until", "strategy_runs.since",
    ), "machine"),
}
"""Columns that hold an instant to come. `outbox.due_at` holds reminders to rate too; those are moved (`engine/answer_times.py`)."""
WHEN_IT_WAS = frozenset((
    "at", "accepted_at", "answered_at", "asked_at", "assigned_at", "balance_reminded_at", "cancelled_at", "carried_at", "changed_at", "check_asked_at",
    "checked_at", "closed_at", "completed_at", "counts_at", "created_at", "dated_at", "dead_at", "decided_at", "delivered_at", "done_at", "draft_at",
    "edited_at", "ended_at", "erased_at", "expected_at", "finished_at", "first_used_at", "followed_at", "found_at", "from_at", "granted_at", "heard_at",
    "held_at", "improved_at", "intercept_answered_at", "intercept_asked_at", "invited_at", "issued_at", "last_event_at", "late_settled_at", "locked_at",
    "looked_at", "made_at", "matched_at", "modified_at", "moved_at", "open_at", "opened_at", "paid_at", "placed_at", "read_at", "receipt_confirmed_at",
    "registered_at", "released_at", "replaced_at", "requested_at", "returned_at", "reversed_at", "revoked_at", "saved_at", "seen_at", "sent_at", "settled_at",
    "shipped_at", "signed_at", "started_at", "stopped_at", "to_at", "tried_at", "updated_at", "used_at", "withdrawn_at",
))
"""Names of columns that only note when something was, or what somebody else expects (`expected_at`: the carrier's day)."""


def walk(cls: Any, seen: set[Any]) -> None:
    """Every dataclass that a pack is made of."""
    if cls in seen:
        return
    if dataclasses.is_dataclass(cls):
        seen.add(cls)
        for hint in get_type_hints(cls).values():
            walk(hint, seen)
    for arg in get_args(cls):
        walk(arg, seen)


def figures() -> list[str]:
    """Class and field of every figure of a pack that is a length of time, by its type or by its name."""
    seen: set[Any] = set()
    walk(Pack, seen)
    found = []
    for cls in seen - {Span}:
        for field in dataclasses.fields(cls):
            hint = get_type_hints(cls)[field.name]
            if hint in (str, bool) or NO_TIME.search(field.name):
                continue
            if "Span" in str(hint) or ("int" in str(hint) and LOOKS_LIKE_TIME.search(field.name)):
                found.append(f"{cls.__name__}.{field.name}")
    return sorted(found)


def decided(what: str) -> bool:
    return what == "state" or what in BESIDE or what in ELSEWHERE


def test_every_length_of_time_in_a_pack_is_decided() -> None:
    found = figures()
    assert [f for f in found if f not in FIGURES] == [], "say in FIGURES what it is of, and in core/clock_kinds.py whether a suspension stops it"
    assert [f for f, what in FIGURES.items() if not decided(what)] == []
    assert [f for f in FIGURES if f not in found] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_line_of_the_statement_is_stopped_or_says_why_not(pack: str) -> None:
    found = load_pack(pack).pack
    assert found is not None
    for line in statement(found):
        assert bool(stops_of(line.clock)) != bool(why_not(line.clock)), line.clock
        assert kind_of(line.clock) == line.kind, line.clock


@pytest.mark.parametrize("name", sorted({*CLOCKS, *BESIDE}))
def test_each_kind_of_clock(name: str) -> None:
    day, later = datetime(2026, 2, 14, tzinfo=UTC), datetime(2026, 2, 24, tzinfo=UTC)
    assert covers(Suspension(day, later), name) == (why_not(name) is None), "all clocks: every one but those that are excused"
    assert (name in SUSPENDABLE) == (stops_of(name) == (name,))
    assert set(stops_of(name)) <= set(SUSPENDABLE)
    for other in stops_of(name):
        assert covers(Suspension(day, later, frozenset({other})), name)
    assert not covers(Suspension(day, later, frozenset({"negotiation"} - set(stops_of(name)))), name) or name == "negotiation"
    assert all(CLOCK_NAMES[name])
    if (why := why_not(name)) is not None:
        assert all(why)


def test_every_reason_is_told_in_both_languages() -> None:
    assert all(zh and en for zh, en in ELSEWHERE.values())


def test_every_column_with_an_instant_to_come_is_decided(pool: Any) -> None:
    with pool.connection() as conn:
        rows = conn.execute(
            "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' and data_type = 'timestamp with time zone'"
        ).fetchall()
    known = {row[0] for row in rows}
    to_come = sorted(c for c in known if c.rsplit(".", 1)[1] not in WHEN_IT_WAS)
    assert [c for c in to_come if c not in COLUMNS] == [], "say in COLUMNS what it is of"
    assert sorted(c for c in COLUMNS if c not in known) == []
    assert all(decided(what) for what in COLUMNS.values())


def test_every_instant_that_a_case_keeps_is_decided() -> None:
    """Facts named `…_until` that a step writes: those that stand beside the clock are moved (`core/windows.py`)."""
    kept = {"promised_until": "the clock `promise` itself"} | dict.fromkeys(WINDOWS, "windows")
    passing = dict.fromkeys(("promise_until", "improve_until", "reopen_until", "not_solved_until"), "worked out when asked, with the suspensions of that instant")
    passing["in_time_until"] = "told with a cancellation: why the platform reviews it"
    found = {
        name for room in ("core", "engine") for file in (HOUSE / room).rglob("*.py") for name in re.findall(r'"([a-z_]+_until)"', file.read_text("utf-8"))
    }
    assert found <= {*kept, *passing, "locked_until", "valid_until"}

"""Clocks that follow no state of a table: of orders, compensation, and what is marked or closed beside a state (PO-16; CA-5, CO-1 … CO-5, DI-9, OR-7 … OR-10, TI-2).

Each with the figure the product itself counts by, what happens then, and the pack's source.
"""
from __future__ import annotations

from collections.abc import Iterator

from amends.core.clock_line import Line
from amends.core.pack import Pack
from amends.core.spans import Span

A_DAY = 86_400


def beside(pack: Pack) -> list[Line]:
    """Every one of a pack; what the pack does not offer has none."""
    return [*_marks(pack), *_orders(pack), *_compensation(pack)]


def _line(clock: str, kind: str, span: Span, then: str, source: str, remind_before: int | None = None) -> Line:
    return Line(clock, kind, "", span, then, source, remind_before, beside=True)


def _seconds(n: int) -> Span:
    return Span("elapsed", n)


def _days(n: int) -> Span:
    """So many times 24 hours, which is how these are counted."""
    return Span("elapsed", n * A_DAY)


def _marks(pack: Pack) -> Iterator[Line]:
    """What is marked as urgent, and until when something may still be opened or written to."""
    yield _line("cancel_urgent", "cancellation", _seconds(pack.cancellation.urgent_after), "mark_urgent", pack.cancellation.source)
    if pack.disputes.offered:
        yield _line("dispute_open", "dispute", _days(pack.disputes.open_days), "stop_asking_for", pack.disputes.open_days_source)
    if pack.tickets.subjects:
        yield _line("ticket_red", "ticket", _seconds(pack.tickets.red_after), "mark_urgent", pack.tickets.red_after_source)
        yield _line("ticket_reopen", "ticket", _days(pack.tickets.reopen_days), "stop_asking_for", pack.tickets.reopen_source)


def _orders(pack: Pack) -> Iterator[Line]:
    desk, regime = pack.order_desk, pack.compensation.late_shipment.in_force
    yield _line("order_ship", "order", _seconds(regime.ship_within), "late_shipment", regime.ship_within_source, desk.warn_before)
    yield _line("order_pick_up", "order", _seconds(desk.pick_up_within), "mark_late", desk.pick_up_within_source, desk.warn_before)
    yield _line("order_no_scan", "order", _seconds(desk.pick_up_watched), "leave_list", desk.pick_up_watched_source)
    yield _line("order_change", "order", _seconds(desk.unlock_after), "unlock_order", desk.unlock_after_source)
    yield _line("order_urge", "order", _seconds(desk.urge_every), "urge_again", desk.urge_every_source)
    for before in desk.balance_reminders:
        yield _line("order_balance", "order", _seconds(before), "remind_buyer", desk.balance_reminders_source)


def _compensation(pack: Pack) -> Iterator[Line]:
    """How long the merchant has to answer a claim, how long one may be made, and what late shipment owes after how long (CO-1 … CO-5)."""
    section = pack.compensation
    regime, protection, freight = section.late_shipment.in_force, section.price_protection, section.return_freight
    yield _line("price_answer", "compensation", protection.answer, "mark_late", protection.source)
    yield _line("price_ask", "compensation", Span("calendar_days", protection.days), "stop_asking_for", protection.source)
    yield _line("freight_answer", "compensation", freight.answer, "mark_late", freight.source)
    yield _line("freight_ask", "compensation", _days(freight.claim_days), "stop_asking_for", freight.source)
    for tier in regime.tiers:
        source = tier.source if tier.late_for else regime.wait_source
        yield _line("late_tier" if tier.late_for else "late_wait", "compensation", _seconds(max(tier.late_for, regime.wait)), "pay_late_shipment", source)
    yield _line("coupon", "compensation", _days(section.goodwill.coupon_days), "coupon_ends", section.goodwill.source)

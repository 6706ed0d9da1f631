"""What a policy pack is made of: one platform's rules as plain data (PO-1…PO-9, PO-17). Reading and checking: `core/policy.py`.

Units: money in integer minor units, spans as in `spans.Span` (seconds or days), windows in calendar days.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from amends.core.pack_compensation import Compensation
from amends.core.pack_conduct import Conduct
from amends.core.pack_disputes import Disputes
from amends.core.pack_flows import NO_TRAITS, Flows, Traits, Where
from amends.core.pack_measures import Cap, Measure, Score, Standard
from amends.core.pack_negotiation import Negotiation
from amends.core.pack_orders import OrderDesk
from amends.core.pack_tickets import Tickets
from amends.core.spans import Span

ServiceType = Literal["return", "exchange", "repair", "reissue"]
Responsibility = Literal["buyer", "merchant", "carrier"]
Payer = Literal["buyer", "merchant", "platform"]
TYPES: tuple[ServiceType, ...] = ("return", "exchange", "repair", "reissue")
CLOCKS = (
    "review", "answer", "ship_back", "transit", "receive", "process", "fulfil", "deliver", "receipt_confirm", "confirm", "rate", "improve_rating",
    "not_solved", "cancel_review", "cancel_answer", "follow_up", "intercept", "refund", "collect", "promise", "negotiation", "claim_back",
    "dispute_answer", "settle_confirm", "evidence", "question", "adjudicate", "execute", "appeal", "appeal_review",
    "ticket_answer", "ticket_mail", "ticket_transfer", "ticket_follow_up", "ticket_decide", "ticket_carry_out",
)
OUTCOMES = frozenset({
    "approve_return", "reissue_without_return", "refund_without_return", "close", "count_as_received",
    "platform_refund", "call_platform", "warn", "complete", "confirm", "stop_asking", "stop_offering",
    "approve_cancellation", "follow_up", "intercept_or_refund", "back_to_merchant", "back_to_processing", "write_off",
    "judge_without_evidence", "settle", "judge", "carry_out",
    "count_as_consent", "transfer", "resolve", "platform_may_refund",
})
DEFAULT_CATEGORY = "*"
Reviewed = Literal["reject", "ask_buyer", "abandon", "return_original"]
REVIEWED: tuple[Reviewed, ...] = ("reject", "ask_buyer", "abandon", "return_original")
Caller = Literal["buyer", "merchant"]
CALLERS: tuple[Caller, ...] = ("buyer", "merchant")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from. `level`: a source document, the law, the web, or our own default (PO-17). `text` in English, `zh` in Chinese; older documents have only the one."""

    level: Literal["document", "law", "web", "own"]
    text: str
    zh: str = ""

    def said(self, lang: str) -> str:
        """In the reader's language, as far as it was written in it."""
        return self.zh or self.text if lang.startswith("zh") else self.text


@dataclass(frozen=True, slots=True)
class Window:
    """For how many calendar days after receipt a type is open. `kind`: asked without a fault or with one."""

    kind: Literal["no_reason", "fault"]
    type: ServiceType
    days: int
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One reason a buyer can choose (SO-27). `no_reason`: it is asked under the no-reason rule (PO-2).

    `measured`: the fault is a weight that falls short by more than the pack's tolerance (PO-5).
    """

    code: str
    zh: str
    en: str
    responsibility: Responsibility
    photos_required: bool
    text_required: bool
    no_reason: bool
    measured: Literal["weight"] | None = None


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """The first level of the reason tree."""

    code: str
    zh: str
    en: str
    leaves: tuple[Leaf, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffLeaf:
    """A coded reason of a review result or of a call to the platform (SO-27). `rule`: the rule it rests on, shown to the other side."""

    code: str
    zh: str
    en: str
    text_required: bool
    photos_required: bool
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class StaffReasons:
    """The first level of a tree of review or platform reasons."""

    code: str
    zh: str
    en: str
    leaves: tuple[StaffLeaf, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """A tag of goods that cannot come back without a fault (PO-3). `opens_with`: what opens it."""

    tag: str
    zh: str
    en: str
    rule: str
    opens_with: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Fitness:
    """A finding that makes goods unfit for resale (PO-2). `categories` holds `*` when it goes for all."""

    finding: str
    categories: tuple[str, ...]
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class NotHandled:
    """PO-6. `unless_fault`: a quality fault opens it. `manual`: a person decides, it is not refused outright."""

    finding: str
    zh: str
    en: str
    unless_fault: bool
    manual: bool
    source: str


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Three guarantees (三包) of a category, in days from receipt; `region` null is the national rule (PO-5)."""

    category: str
    region: str | None
    return_days: int
    exchange_days: int
    repair_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Freight:
    """Who pays the way back by responsibility, and the way out of a no-reason return (PO-7)."""

    back: dict[Responsibility, Payer]
    out_on_no_reason: Payer
    insurance_first: bool
    source: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a state lasts and what happens at zero (PO-9).

    `span_by` and `then_by` hold what differs by expectation (SO-8), `where` what differs by fulfilment mode, way back or goods (PO-8).
    `remind_before`: seconds before the end, null for none. `kind`: whose state it is.
    """

    state: str
    span: Span
    then: str
    source: str
    span_by: dict[ServiceType, Span] = field(default_factory=dict)
    then_by: dict[ServiceType, str] = field(default_factory=dict)
    remind_before: int | None = None
    kind: Literal["service_order", "cancellation", "dispute", "ticket"] = "service_order"
    where: tuple[Where, ...] = ()

    def for_type(self, type_: ServiceType) -> tuple[Span, str]:
        """Its length and what happens at zero for one expectation."""
        return self.span_by.get(type_, self.span), self.then_by.get(type_, self.then)

    def for_case(self, type_: str, traits: Traits = NO_TRAITS) -> tuple[Span, str, str]:
        """Its length, what happens at zero and the source, for a case of this expectation and these traits."""
        span, then = self.for_type(type_)  # type: ignore[arg-type]
        row = next((w for w in self.where if w.fits(type_, traits)), None)
        return (span, then, self.source) if row is None else (row.span or span, row.then or then, row.source)

    def outcomes(self) -> set[str]:
        """Everything that may happen at its end."""
        return {self.then, *self.then_by.values(), *(w.then for w in self.where if w.then)}


@dataclass(frozen=True, slots=True)
class RefundPractice:
    """Defaults an agent sees (S3). `buyer_fault_freight`: minor units of outbound freight given back on the buyer's reasons."""

    buyer_fault_freight: int
    starts_from: Literal["paid_amount"]
    source: str


@dataclass(frozen=True, slots=True)
class FastReview:
    """SO-31. `amount_below` in minor units, `pieces_below` in pieces, `else_span` the review time otherwise."""

    amount_below: int
    pieces_below: int
    no_reason_only: bool
    else_span: Span
    leaving_takes_effect: Literal["at_once", "next_day"]
    source: str


@dataclass(frozen=True, slots=True)
class LightningRefund:
    """SO-32. Amounts in minor units, up to and including `amount_at_most`; `buyer_stars_at_least` is the buyer's level."""

    amount_at_most: int
    buyer_stars_at_least: int
    switched_on_by_platform_below: int
    no_reason_only: bool
    source: str
    written_off_to: Literal["platform", "merchant"] = "platform"


@dataclass(frozen=True, slots=True)
class Photos:
    """SO-1: how many, and each smaller than `bytes_below` bytes."""

    at_most: int
    bytes_below: int
    types: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class CancelReason:
    """Why an order is cancelled, as its buyer or staff say."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """CA-5, CA-9. `urgent_after`: seconds after which one that waits for review is urgent; reasons of buyers, and of deletions.

    `fast_refund` (CA-1): the merchant's switch is off unless switched on (`offered`), on unless switched off (`preset`), or on whatever it says (`demanded`).
    `in_time_reviewed_by`: who reviews what is not shipped while the promised time still runs (PO-11).
    """

    urgent_after: int
    reasons: tuple[CancelReason, ...]
    deletion_reasons: tuple[CancelReason, ...]
    source: str
    fast_refund: Literal["offered", "preset", "demanded"] = "offered"
    fast_refund_source: str | None = None
    in_time_reviewed_by: Literal["merchant", "platform"] = "merchant"
    in_time_source: str | None = None


@dataclass(frozen=True)
class Pack:
    """One platform's rules. A case keeps the `id` and `version` it was opened under."""

    id: str
    name: Words
    version: int
    valid_from: str
    timezone: str
    sources: dict[str, Source]
    windows: tuple[Window, ...]
    reasons: dict[ServiceType, tuple[ReasonGroup, ...]]
    excluded: tuple[Excluded, ...]
    fitness: tuple[Fitness, ...]
    not_handled: tuple[NotHandled, ...]
    guarantees: tuple[Guarantee, ...]
    gold_tolerance_mg: int
    freight: Freight
    clocks: dict[str, Clock]
    refund_practice: RefundPractice
    photos: Photos
    review_reasons: dict[Reviewed, tuple[StaffReasons, ...]]
    platform_reasons: dict[Caller, tuple[StaffReasons, ...]]
    compensation: Compensation
    cancellation: Cancellation
    order_desk: OrderDesk
    negotiation: Negotiation = Negotiation()
    disputes: Disputes = Disputes()
    tickets: Tickets = Tickets()
    fast_review: FastReview | None = None
    lightning_refund: LightningRefund | None = None
    flows: Flows = field(default_factory=Flows)
    measures: tuple[Measure, ...] = ()
    caps: tuple[Cap, ...] = ()
    service_score: Score | None = None
    standards: tuple[Standard, ...] = ()
    conduct: Conduct | None = None

    @cached_property
    def leaves(self) -> dict[tuple[str, str], tuple[Leaf, frozenset[str]]]:
        """Every reason by type and code, with the categories of its group (empty: all)."""
        return {(t, leaf.code): (leaf, frozenset(g.categories)) for t, groups in self.reasons.items() for g in groups for leaf in g.leaves}

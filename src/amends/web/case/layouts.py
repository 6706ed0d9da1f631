"""How the page of each kind of case is laid out: its own parts, and where its buttons stand. One description a kind; the page reads it (UI-2)."""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = ("claim", "release", "assign")
TALK = ("say", "note")
ALERT = ("acknowledge_alert",)
STAY = frozenset({*HEAD, *TALK, *ALERT, "raise_alert", "set_priority", "mark_unreasonable", "call_platform", "record_transfer", "retry_refund", "record_payment"})
KEYS = {"claim": "c", "release": "z"}


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind. Templates: `goods` on the left, `top` of the middle (empty: none), `said` in place of the buyer's words, `rules` on the right. Words: `opened` by its event, `why` a clock acted.

    Buttons: `primary` by state, the first that nothing blocks, or by state and type; `later` stand behind 更多; after `stay` the case stays open;
    `unsaid` are refusals whose buttons are left out, since another button is the way. `answers` are tried and told side by side;
    `elsewhere` are verbs whose forms stand on the page itself, `chosen_above` states in which they are what comes first.
    """

    kind: str
    goods: str
    rules: str
    opened: dict[str, str]
    why: str
    top: str = ""
    stock: bool = False
    expects: bool = False
    primary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_type: dict[tuple[str, str], str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    danger: frozenset[str] = frozenset()
    later: tuple[str, ...] = ()
    stay: frozenset[str] = STAY
    unsaid: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()
    said: str = ""
    elsewhere: frozenset[str] = frozenset()
    chosen_above: frozenset[str] = frozenset()


SERVICE_ORDER = Layout(
    "service_order", goods="case/goods.html", rules="case/rules.html", opened={"applied": "case.applied_for"}, why="case.why_clock", stock=True, expects=True,
    primary={
        "reviewing": ("approve_return", "refund_without_return"), "awaiting_return": ("register_receipt",), "in_transit": ("register_receipt",), "fulfilling": ("ship_replacement", "deliver_parts"),
        "completed": ("answer_rating",), "collecting": ("record_payment",), "processing": ("settle_advance",), "claiming_back": ("record_payment",),
    },
    by_type={
        ("reviewing", "reissue"): "reissue_without_return", ("processing", "return"): "refund", ("processing", "exchange"): "exchange",
        ("processing", "repair"): "repair", ("processing", "reissue"): "reissue",
    },
    keys={"reject": "r", "ask_buyer": "w", "propose": "p", **KEYS},
    danger=frozenset({"reject", "reverse_refund", "claim_back"}),
    later=(
        "abandon", "reissue_without_return", "change_type", "reissue_offline", "exchange_offline", "return_original", "correct_waybill", "record_transfer", "retry_refund", "reverse_refund", "raise_discrepancy",
        "call_platform", "raise_alert", "set_priority", "mark_unreasonable", "promise_stock", "cancel_pickup", "withdraw_proposal", "waive_claim", "record_findings",
    ),
    unsaid=frozenset({"receipt_there_already", "no_advance", "advance_open", "advance_moved", "negotiation_off", "alert_is_open", "no_pickup", "goods_are_kept", "not_the_sender", "parts_not_asked", "parts_delivered_already", "goods_go_to_merchant", "no_call_open"}),
    stay=STAY | {"change_type", "correct_waybill", "cancel_pickup", "answer_rating", "promise_stock", "withdraw_proposal", "record_findings"},
)
CANCELLATION = Layout(
    "cancellation", goods="case/cancellation_goods.html", rules="case/cancellation_rules.html", opened={"cancel_applied": "cancellation.applied_for"},
    why="cancellation.why_clock", top="case/cancellation_top.html",
    primary={
        "reviewing": ("approve_cancellation", "approve_and_intercept", "follow_up_parcel"), "logistics_follow_up": ("approve_and_intercept", "force_refund"),
        "intercepting": (), "refunding": ("record_transfer", "retry_refund"),
    },
    keys={"reject_cancellation": "r", "follow_up_parcel": "w", "approve_and_intercept": "i", "force_refund": "f", **KEYS},
    danger=frozenset({"reject_cancellation", "force_refund"}),
    later=("call_platform", "raise_alert", "set_priority", "mark_unreasonable"),
    unsaid=frozenset({"alert_is_open", "not_the_reviewer", "not_shipped_yet", "shipped_meanwhile", "deletion_has_no_parcel", "request_unknown", "request_failed", "request_not_failed", "request_with_provider", "no_call_open"}),
    answers=("approve_cancellation", "approve_and_intercept", "follow_up_parcel", "force_refund", "reject_cancellation"),
)
DISPUTE = Layout(
    "dispute", goods="case/dispute_goods.html", rules="case/dispute_rules.html", opened={"dispute_opened": "disputes.opened_for"}, why="disputes.why_clock",
    top="case/dispute_top.html", said="case/dispute_said.html",
    primary={"awaiting_evidence": ("add_evidence", "finish_evidence"), "adjudicated": ("carry_out_judgement",), "appealing": ("add_evidence",), "settled": ("record_transfer",), "closed": ("record_transfer",)},
    keys={"add_evidence": "e", "appeal": "p", **KEYS},
    later=("call_platform", "raise_alert", "set_priority", "record_transfer", "retry_refund", "mark_unreasonable"),
    unsaid=frozenset({"alert_is_open", "carried_out_before", "request_unknown", "request_failed", "request_not_failed", "request_with_provider", "evidence_finished_before", "evidence_not_finished", "evidence_closed"}),
    stay=STAY | {"add_evidence", "finish_evidence", "resume_evidence", "answer_question", "appeal", "ask_for_judgement", "carry_out_judgement"},
    chosen_above=frozenset({"awaiting_merchant"}),
    elsewhere=frozenset({"settle_by_refund", "settle_without_cancelling", "settle_by_interception", "offer_settlement", "ask_for_judgement", "answer_question"}),
)
TICKET = Layout(
    "ticket", goods="case/ticket_goods.html", rules="case/ticket_rules.html", opened={"ticket_opened": "tickets.opened_for"}, why="tickets.why_clock", top="case/ticket_top.html",
    primary={"awaiting_merchant": ("reply",), "awaiting_other_side": ("reply",), "transferred": ("carry_out", "reply")},
    keys={"bind_ticket": "b", **KEYS},
    later=("bind_ticket", "raise_alert", "set_priority", "record_transfer", "retry_refund", "mark_unreasonable"),
    stay=STAY | {"bind_ticket", "set_subject"},
    elsewhere=frozenset({"set_subject"}),
    unsaid=frozenset({"alert_is_open", "ticket_nothing_decided"}),
)
LAYOUTS: dict[str, Layout] = {layout.kind: layout for layout in (SERVICE_ORDER, CANCELLATION, DISPUTE, TICKET)}

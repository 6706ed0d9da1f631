"""服务单: return, exchange, repair, reissue. Grouped by state: read "what can happen here?" (02-service-orders)."""

from amends.core import calls
from amends.core import effects as e
from amends.core import findings as fi
from amends.core import lightning as l
from amends.core import negotiation as n
from amends.core import pickups as k
from amends.core import rules as r
from amends.core import rules_flow as f
from amends.core import rules_judgement as j
from amends.core.actor import Party
from amends.core.cases.common import BUYER, CARRIER, CLOCK, EITHER, MERCHANT, PLATFORM, PROVIDER, pays, stays
from amends.core.machine import Choice, Look, Machine, Rule, State, Step
from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import findings as fv
from amends.core.verbs import judgement as jv
from amends.core.verbs import lightning as i
from amends.core.verbs import negotiation as g
from amends.core.verbs import outside as o
from amends.core.verbs import pickup as u
from amends.core.verbs import processing as p
from amends.core.verbs import review as v

REVIEW = (r.claimed_by_nobody_else, r.alerts_acknowledged)
SENDERS = (Party.MERCHANT, Party.PLATFORM)
PAID_BACK = Choice(l.whole_claim_and_goods_here, "processing", Choice(l.whole_claim, "closed", "completed"))
ARRIVED = Choice(l.in_order_and_moved, "completed", Choice(l.in_order, "confirming", "processing"))
"""Goods that come back for a refund that was advanced: in order, they settle it by themselves (SO-32)."""
PROPOSING = (n.may_propose, n.offer_fits, n.could_decide_it, n.can_be_carried_out)


def found(name: str) -> tuple[Step, ...]:
    """Where findings about the goods may still change how they are judged (PO-2, PO-5, PO-6)."""
    return (Step(fv.RecordFindings, MERCHANT, name, (r.claimed_by_nobody_else, fi.findings_are_known, r.photos_are_known), (), (fi.note_findings,)),)


def asked_while_processing(look: Look) -> bool:
    """The question was about a discrepancy, not about the application."""
    return look.case.body.get("asked_in") == "processing"


def costs_more(look: Look) -> bool:
    """The SKU chosen for an exchange is dearer than what was bought."""
    return int(look.facts.get("difference", 0)) > 0


RETURN = (j.note_judged, j.note_return)
RESHIP = (j.note_judged, j.owe_goods)
ENDS_BY_JUDGEMENT = Step(jv.EndByJudgement, CLOCK, "closed", (j.nothing_granted,), (e.tell_both,), (j.note_judged,))
ENDS_UNLESS_HERE = Step(jv.EndByJudgement, CLOCK, "closed", (j.nothing_granted, j.goods_not_received), (e.tell_both,), (j.note_judged,))


def judged(back: str | Choice = "awaiting_return") -> tuple[Step, ...]:
    """What a judgement does to a service order whose goods are not under way (DI-7)."""
    return (
        Step(jv.ReturnByJudgement, CLOCK, back, (l.nothing_advanced,), (e.tell_both,), RETURN),
        Step(jv.ReshipByJudgement, CLOCK, "fulfilling", (l.nothing_advanced,), (e.tell_both,), RESHIP),
        ENDS_UNLESS_HERE,
    )


def judged_after() -> tuple[Step, ...]:
    """A service order that has ended is opened again by a judgement (DI-7)."""
    return (
        Step(jv.ReturnByJudgement, CLOCK, "awaiting_return", (j.pieces_still_there,), (e.tell_both,), RETURN),
        Step(jv.ReshipByJudgement, CLOCK, "fulfilling", (j.pieces_still_there,), (e.tell_both,), RESHIP),
    )


def undone(*only_if: Rule) -> tuple[Step, ...]:
    """Nothing has been sent yet, so the judgement can be taken back (DI-8)."""
    return (Step(jv.UndoJudgement, CLOCK, j.BACK, (j.judged_by_this, *only_if), (e.tell_both,), (j.note_undone,)),)


def talk(name: str) -> tuple[Step, ...]:
    """What is still possible when a case has ended."""
    return (
        Step(d.Note, MERCHANT, name),
        Step(d.Say, EITHER, name, (r.photos_are_known,), (e.tell_both,)),
        Step(b.NotSolved, BUYER, name, (r.not_long_ended,), (e.tell_merchant,), (calls.note_call,)),
        *calls.answered(name),
    )


REVIEWING = State("reviewing", "待审核", "In review", waits_on=Party.MERCHANT, clock="review", steps=(
    Step(v.ApproveReturn, MERCHANT, "awaiting_return", (*REVIEW, f.goods_come_back, r.has_return_address), (e.tell_buyer,), (e.choose_address,)),
    Step(v.Reject, MERCHANT, "rejected", (*REVIEW, n.proposed_before_refusing, f.refused_on_a_ground, r.photos_are_known, f.ground_is_shown), (e.tell_buyer, f.tell_platform), (e.keep_fields, f.note_called_in)),
    Step(v.ReissueWithoutReturn, MERCHANT, "fulfilling", (*REVIEW, r.stock_covers), (e.hold_stock, e.tell_buyer), (e.keep_fields,)),
    Step(v.RefundWithoutReturn, MERCHANT, "confirming", (*REVIEW, r.refund_allowed), (e.pay_refund, e.tell_buyer), (e.grant,)),
    Step(v.ReissueOffline, MERCHANT, "awaiting_delivery", (*REVIEW, r.offline_stock_is_there), (e.take_offline_stock, e.tell_buyer), (e.note_parcel,)),
    Step(g.Propose, MERCHANT, "negotiating", (*REVIEW, *PROPOSING), (e.tell_buyer,), (n.note_proposal,)),
    Step(v.AskBuyer, MERCHANT, "awaiting_buyer", REVIEW, (e.tell_buyer,), (e.note_question, e.keep_fields)),
    Step(v.Abandon, MERCHANT, "withdrawn", (*REVIEW, f.said_in_words), (e.tell_buyer,), (e.keep_fields,)),
    Step(p.ChangeType, MERCHANT, "reviewing", (r.another_type,), (e.tell_buyer,), (e.note_type, e.close_alert, f.goods_may_come_back)),
    Step(b.ChangeApplication, BUYER, "reviewing", (r.pieces_are_left, r.reason_is_known, r.reason_is_open, r.photos_are_known, r.held_stock_covers), (e.rehold_stock, e.tell_merchant), (e.note_application,)),
    Step(b.Withdraw, BUYER, "withdrawn", (), (e.tell_merchant,), (e.keep_fields,)),
    Step(d.RefundAtMerchantsCost, PLATFORM, "confirming", (r.late,), (e.pay_refund, e.tell_both), (e.grant,)),
    # SO-8, SO-29: what passing means is the pack's; only a pack with a rule of its own lets silence pay.
    Step(
        d.RunOut, CLOCK, Choice(f.calls_the_platform, "reviewing", Choice(f.pays_at_once, "confirming", Choice(f.goods_go_out, "fulfilling", "awaiting_return"))), (),
        (f.pay_refund, e.tell_both, f.tell_platform), (f.choose_place, f.owe_stock, f.grant, f.note_silence),
    ),
    *judged(),
    *found("reviewing"),
    *stays("reviewing"),
))

AWAITING_BUYER = State("awaiting_buyer", "待客户反馈", "Waiting for the buyer", waits_on=Party.BUYER, clock="answer", steps=(
    Step(b.Answer, BUYER, Choice(asked_while_processing, "processing", "reviewing"), (r.photos_are_known,), (e.tell_merchant,), (e.keep_fields,)),
    Step(b.Withdraw, BUYER, Choice(asked_while_processing, "processing", "withdrawn"), (), (e.tell_merchant,), (e.keep_fields,)),
    Step(v.Abandon, MERCHANT, Choice(asked_while_processing, "processing", "withdrawn"), (f.said_in_words,), (e.tell_buyer,), (e.keep_fields,)),
    Step(d.RunOut, CLOCK, Choice(asked_while_processing, "processing", "closed"), (), (e.tell_both,)),
    *judged(Choice(asked_while_processing, "processing", "awaiting_return")),
    *pays("awaiting_buyer"),
    *found("awaiting_buyer"),
    *stays("awaiting_buyer"),
))

NEGOTIATING = State("negotiating", "待客户答复方案", "Proposal with the buyer", waits_on=Party.BUYER, clock="negotiation", steps=(
    Step(
        g.AcceptProposal, BUYER,
        Choice(n.offers_withdrawal, "withdrawn", Choice(n.offers_money, "confirming", Choice(n.offers_dearer_goods, "collecting", Choice(
            n.offers_goods, "fulfilling", Choice(n.offers_repair_of_what_came, "processing", "awaiting_return"))))),
        (n.same_proposal, n.can_still_be_carried_out), (n.pay_refund, n.hold_stock, n.ask_difference, n.return_difference, e.tell_merchant), (n.note_agreed,),
    ),
    Step(g.DeclineProposal, BUYER, Choice(n.was_processing, "processing", "reviewing"), (n.same_proposal,), (e.tell_merchant,), (n.note_outcome("declined"),)),
    Step(g.WithdrawProposal, MERCHANT, Choice(n.was_processing, "processing", "reviewing"), (r.claimed_by_nobody_else, n.another_is_left), (e.tell_buyer,), (n.note_outcome("taken_back"),)),
    Step(b.Withdraw, BUYER, "withdrawn", (n.goods_not_here,), (e.tell_merchant,), (e.keep_fields, n.note_outcome("given_up"))),
    Step(d.RunOut, CLOCK, Choice(n.was_processing, "processing", "reviewing"), (), (e.tell_both,), (n.note_outcome("lapsed"),)),
    *judged(Choice(n.was_processing, "processing", "awaiting_return")),
    *pays("negotiating"),
    *stays("negotiating"),
))

AWAITING_RETURN = State("awaiting_return", "待客户发货", "Waiting for the goods to be sent", waits_on=Party.BUYER, clock="ship_back", steps=(
    Step(b.ShipBack, BUYER, "in_transit", (), (e.tell_merchant,), (e.note_parcel,)),
    Step(b.BookPickup, BUYER, "in_transit", (), (k.book_pickup, e.tell_merchant), (k.note_pickup,)),
    Step(b.DropOff, BUYER, "in_transit", (), (e.tell_merchant,), (e.note_parcel,)),
    Step(p.RegisterReceipt, SENDERS, "processing", (f.receives_here, r.not_more_than_applied, fi.findings_are_known, r.photos_are_known), (e.restock, e.tell_buyer), (e.note_receipt, fi.note_findings)),
    Step(b.Withdraw, BUYER, "withdrawn", (), (e.tell_merchant,), (e.keep_fields,)),
    Step(v.Abandon, MERCHANT, "withdrawn", (f.said_in_words,), (e.tell_buyer,), (e.keep_fields,)),
    Step(d.RunOut, CLOCK, "closed", (), (e.tell_both,)),
    ENDS_BY_JUDGEMENT,
    *undone(),
    *stays("awaiting_return"),
))

IN_TRANSIT = State("in_transit", "待收货", "On the way back", waits_on=Party.MERCHANT, clock="transit", steps=(
    Step(d.ParcelSigned, CARRIER, "in_transit", (), (e.tell_merchant,), (), clock="receive"),
    Step(i.ReturnCollected, CARRIER, "in_transit", (), (), (l.note_collected,)),
    Step(i.AdvanceRefund, CLOCK, "in_transit", (l.lightning_holds,), (e.pay_refund, e.tell_both), (l.advance,)),
    Step(
        p.RegisterReceipt, SENDERS, ARRIVED, (f.receives_here, r.not_more_than_applied, fi.findings_are_known, r.photos_are_known),
        (e.restock, e.tell_buyer, l.ask_to_rate), (e.note_receipt, fi.note_findings, l.settle_if_in_order),
    ),
    Step(b.CorrectWaybill, EITHER, "in_transit", (), (), (e.note_parcel,)),
    Step(u.CancelPickup, EITHER, "in_transit", (k.pickup_can_go,), (k.cancel_pickup,), (k.note_cancelling,)),
    Step(u.PickupConfirmed, CARRIER, "in_transit", (k.pickup_is_booked,), (e.tell_buyer,), (k.note_confirmed,)),
    Step(u.PickupOff, CARRIER, "awaiting_return", (k.pickup_is_booked, l.goods_stay_sent), (e.tell_both,), (k.note_off,)),
    Step(u.PickupStands, CARRIER, "in_transit", (k.pickup_is_booked,), (e.tell_buyer,), (k.note_stands,)),
    Step(b.Withdraw, BUYER, "withdrawn", (l.goods_stay_sent,), (k.cancel_pickup, e.tell_merchant), (e.keep_fields, k.note_cancelling)),
    Step(
        d.RunOut, CLOCK, Choice(l.counts_and_moved, "completed", Choice(l.counts, "confirming", Choice(l.never_came, "claiming_back", "processing"))), (),
        (e.tell_both, l.ask_to_rate), (l.count_as_received, l.claim_if_never_came),
    ),
    *pays("in_transit"),
    *stays("in_transit"),
))

PROCESSING = State("processing", "待处理", "To be processed", waits_on=Party.MERCHANT, clock="process", steps=(
    Step(p.Refund, MERCHANT, "confirming", (r.claimed_by_nobody_else, l.nothing_advanced, n.not_less_than_agreed, r.refund_allowed), (e.pay_refund, e.tell_buyer), (e.grant,)),
    Step(
        p.Exchange, SENDERS, Choice(costs_more, "collecting", "fulfilling"), (f.sends_it, r.claimed_by_nobody_else, l.nothing_advanced, r.type_is("exchange"), n.goods_as_agreed, r.within_what_arrived, r.stock_covers),
        (e.hold_stock, e.ask_difference, e.return_difference, e.tell_buyer), (e.keep_fields, e.note_difference),
    ),
    Step(p.ExchangeOffline, MERCHANT, "awaiting_delivery", (r.claimed_by_nobody_else, l.nothing_advanced, r.type_is("exchange"), r.within_what_arrived, r.offline_stock_is_there), (e.take_offline_stock, e.tell_buyer), (e.note_parcel,)),
    Step(p.Repair, MERCHANT, "fulfilling", (r.claimed_by_nobody_else, l.nothing_advanced, r.type_is("repair")), (e.tell_buyer,), (e.keep_fields,)),
    Step(p.Reissue, MERCHANT, "fulfilling", (r.claimed_by_nobody_else, l.nothing_advanced, r.type_is("reissue", "exchange"), r.stock_covers), (e.hold_stock, e.tell_buyer), (e.keep_fields,)),
    Step(
        p.ReturnOriginal, MERCHANT, "awaiting_delivery", (r.claimed_by_nobody_else, l.nothing_advanced, f.refused_on_a_ground, f.ground_in_words, r.photos_are_known, f.ground_is_shown), (e.tell_buyer,), (e.note_parcel,),
    ),
    Step(p.ChangeType, MERCHANT, "processing", (r.another_type, l.nothing_advanced), (e.tell_buyer,), (e.note_type, e.close_alert, n.forget_agreed)),
    Step(i.SettleAdvance, (Party.MERCHANT, Party.PLATFORM), Choice(l.has_moved, "completed", "confirming"), (l.advance_is_open, l.platform_waits), (e.tell_buyer, l.ask_to_rate), (l.settle,)),
    Step(i.ClaimBack, MERCHANT, "claiming_back", (r.claimed_by_nobody_else, l.advance_is_open, l.advance_has_moved, l.claim_fits), (e.tell_buyer,), (l.claim,)),
    Step(p.ReverseRefund, MERCHANT, "processing", (l.advance_is_open, l.advance_has_not_moved, r.nothing_under_way), (e.tell_buyer,), (e.take_back_grant, l.forget)),
    Step(g.Propose, MERCHANT, "negotiating", (r.claimed_by_nobody_else, l.nothing_advanced, n.in_time, *PROPOSING), (e.tell_buyer,), (n.note_proposal,)),
    Step(p.RaiseDiscrepancy, MERCHANT, "awaiting_buyer", (), (e.tell_buyer,), (e.note_question, e.keep_fields)),
    Step(p.PromiseStock, MERCHANT, "processing", (r.claimed_by_nobody_else, r.in_time, r.promise_fits), (e.tell_buyer,), (e.keep_fields, e.note_promise), clock="promise"),
    Step(d.RefundAtMerchantsCost, PLATFORM, "confirming", (r.late, l.nothing_advanced), (e.pay_refund, e.tell_both), (e.grant,)),
    # SO-29: running out marks the case late and pays nothing; the merchant is still waited for, and the platform may now act.
    Step(d.RunOut, CLOCK, "processing", (), (e.tell_both,), (e.note_lateness,)),
    Step(jv.ReshipByJudgement, CLOCK, "fulfilling", (l.nothing_advanced,), (e.tell_both,), RESHIP),
    Step(jv.FinishPaid, MERCHANT, "completed", (r.claimed_by_nobody_else, l.nothing_advanced, j.paid_first), (e.tell_buyer, e.ask_to_rate), (e.keep_fields,)),
    *pays("processing"),
    *found("processing"),
    *stays("processing"),
))

COLLECTING = State("collecting", "待补差价", "Difference to be paid", waits_on=Party.BUYER, clock="collect", steps=(
    Step(o.DifferencePaid, PROVIDER, "fulfilling", (r.charge_waits,), (e.tell_both,), (e.keep_fields,)),
    Step(o.RecordPayment, MERCHANT, "fulfilling", (r.charge_waits,), (e.tell_buyer,), (e.keep_fields,)),
    Step(b.Decline, BUYER, "processing", (), (e.drop_difference, e.tell_merchant), (e.keep_fields,)),
    Step(d.RunOut, CLOCK, "processing", (), (e.drop_difference, e.tell_both), ()),
    *pays("collecting"),
    *stays("collecting"),
))

CLAIMING_BACK = State("claiming_back", "催收中", "Claiming the advance back", waits_on=Party.BUYER, clock="claim_back", steps=(
    Step(o.DifferencePaid, PROVIDER, PAID_BACK, (r.charge_waits,), (l.tell_both, l.ask_to_rate), (e.keep_fields, l.pay_back)),
    Step(o.RecordPayment, (Party.MERCHANT, Party.PLATFORM), PAID_BACK, (r.charge_waits,), (l.tell_both, l.ask_to_rate), (e.keep_fields, l.pay_back)),
    Step(i.WaiveClaim, MERCHANT, "completed", (r.claimed_by_nobody_else,), (e.tell_buyer, e.ask_to_rate), (l.waive,)),
    Step(
        p.RegisterReceipt, SENDERS, ARRIVED, (f.receives_here, l.never_arrived, r.not_more_than_applied, fi.findings_are_known, r.photos_are_known),
        (e.restock, e.tell_buyer, l.ask_to_rate), (e.note_receipt, fi.note_findings, l.settle_if_in_order),
    ),
    Step(d.RunOut, CLOCK, "completed", (), (e.tell_both, e.ask_to_rate), (l.write_off,)),
    *stays("claiming_back"),
))

FULFILLING = State("fulfilling", "待补发", "To be sent out", waits_on=Party.MERCHANT, clock="fulfil", steps=(
    Step(p.ShipReplacement, SENDERS, "awaiting_delivery", (f.sends_it, f.parts_are_there, r.owed_stock_is_there), (e.take_stock, e.tell_buyer, f.tell_merchant), (e.note_parcel, e.settle_stock)),
    Step(p.DeliverParts, MERCHANT, "fulfilling", (f.parts_are_owed,), (e.tell_platform,), (f.note_parts,), clock="fulfil"),
    Step(p.PromiseStock, MERCHANT, "fulfilling", (r.claimed_by_nobody_else, r.in_time, r.promise_fits), (e.tell_buyer,), (e.keep_fields, e.note_promise), clock="promise"),
    Step(d.RefundAtMerchantsCost, PLATFORM, "confirming", (r.late,), (e.pay_refund, e.tell_both), (e.grant,)),
    Step(d.RunOut, CLOCK, "fulfilling", (), (e.tell_both,), (e.note_lateness,)),
    ENDS_BY_JUDGEMENT,
    *undone(),
    *pays("fulfilling"),
    *stays("fulfilling"),
))

AWAITING_DELIVERY = State("awaiting_delivery", "待客户收货", "On the way to the buyer", waits_on=Party.BUYER, clock="deliver", steps=(
    Step(d.ReplacementDelivered, CARRIER, "awaiting_delivery", (), (e.tell_buyer,), (), clock="receipt_confirm"),
    Step(b.ConfirmDelivery, BUYER, "completed", (), (e.tell_merchant, e.ask_to_rate)),
    Step(b.Decline, BUYER, "processing", (), (e.tell_merchant,), (e.keep_fields,)),
    Step(b.CorrectWaybill, MERCHANT, "awaiting_delivery", (), (e.tell_buyer,), (e.note_parcel,)),
    Step(d.RunOut, CLOCK, "completed", (), (e.tell_both, e.ask_to_rate)),
    *pays("awaiting_delivery"),
    *stays("awaiting_delivery"),
))

CONFIRMING = State("confirming", "待客户确认", "To be confirmed by the buyer", waits_on=Party.BUYER, clock="confirm", steps=(
    Step(b.Confirm, BUYER, "completed", (), (e.tell_merchant, e.ask_to_rate)),
    Step(b.Decline, BUYER, "processing", (), (e.tell_merchant,), (e.keep_fields,)),
    Step(d.RunOut, CLOCK, "completed", (), (e.tell_both, e.ask_to_rate)),
    *pays("confirming"),
    *stays("confirming"),
))

COMPLETED = State("completed", "已完成", "Completed", final=True, steps=(
    Step(b.Rate, BUYER, "completed", (r.not_rated,), (e.tell_merchant,), (e.note_rating,)),
    Step(b.ImproveRating, BUYER, "completed", (r.rating_open_to_change, r.rating_is_better), (e.tell_merchant,), (e.note_improvement,)),
    Step(d.AnswerRating, MERCHANT, "completed", (r.rated_and_unanswered,), (e.tell_buyer,), (e.note_rating_answer,)),
    Step(p.ReverseRefund, MERCHANT, "processing", (r.something_refunded, r.nothing_under_way), (e.tell_buyer,), (e.take_back_grant,)),
    *pays("completed"),
    *talk("completed"),
))

REJECTED = State("rejected", "审核不通过", "Rejected", final=True, steps=(*judged_after(), *talk("rejected")))
WITHDRAWN = State("withdrawn", "客户放弃", "Given up", final=True, steps=(*judged_after(), *talk("withdrawn")))
CLOSED = State("closed", "已关闭", "Closed", final=True, steps=(*judged_after(), *undone(j.pieces_still_there), *talk("closed")))

SERVICE_ORDER = Machine(
    "service_order",
    (REVIEWING, AWAITING_BUYER, NEGOTIATING, AWAITING_RETURN, IN_TRANSIT, PROCESSING, COLLECTING, CLAIMING_BACK, FULFILLING, AWAITING_DELIVERY, CONFIRMING, COMPLETED, REJECTED, WITHDRAWN, CLOSED),
    d.RunOut,
)

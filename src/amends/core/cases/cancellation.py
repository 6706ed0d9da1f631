"""取消订单: a refund wanted before receipt is confirmed. Grouped by state (01-orders-and-cancellation, CA-1 … CA-9)."""

from amends.core import calls
from amends.core import effects as e
from amends.core import effects_cancel as ec
from amends.core import rules as r
from amends.core import rules_cancel as rc
from amends.core import rules_flow as f
from amends.core import rules_judgement as j
from amends.core.actor import Party
from amends.core.cases.common import BUYER, CARRIER, CLOCK, MERCHANT, pays, stays
from amends.core.machine import Choice, Machine, State, Step
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import desk as d
from amends.core.verbs import judgement as jv
from amends.core.verbs import outside as o

ANSWERS = (r.claimed_by_nobody_else, r.alerts_acknowledged, rc.not_received)
ON_THE_WAY = (*ANSWERS, rc.is_not_deletion, rc.is_shipped)
GIVES_BACK = (ec.cancel_goods, ec.pay_refund)
DESKS = (Party.MERCHANT, Party.PLATFORM)
REFUND = Choice(rc.nothing_to_pay, "closed", "refunding")


def hears_of_order(name: str) -> tuple[Step, ...]:
    """What becomes of the order while the case is open."""
    return (Step(o.OrderReceived, CLOCK, "closed", (), (e.tell_both,), (ec.note_end,)),)


def hears_of_parcel(name: str) -> tuple[Step, ...]:
    """The carrier has stopped a parcel, perhaps long after the case went back to the merchant: with the last one the money goes back (CA-3, LO-3)."""
    return (Step(o.InterceptionSucceeded, CARRIER, Choice(rc.some_not_stopped, name, REFUND), (rc.not_received,), (*GIVES_BACK, e.tell_both), (ec.note_stopped, ec.grant_back, ec.note_end)),)


def forced(name: str) -> tuple[Step, ...]:
    """强制退款, possible until the money has gone (CA-2, CA-3)."""
    return (Step(c.ForceRefund, MERCHANT, REFUND, ON_THE_WAY, (*GIVES_BACK, e.tell_buyer), (e.keep_fields, ec.grant_back, ec.note_end)),)


def judged(name: str) -> tuple[Step, ...]:
    """What a dispute does to an open cancellation: its money was given there, or it stays refused (DI-7)."""
    return (
        Step(jv.EndByJudgement, CLOCK, "closed", (j.nothing_granted, j.goods_are_free), (j.cancel_goods, e.tell_both), (j.note_judged, j.note_ended)),
        Step(jv.RejectByJudgement, CLOCK, "rejected", (j.nothing_granted,), (e.tell_both,), (j.note_judged,)),
    )


def judged_after(name: str) -> tuple[Step, ...]:
    """A dispute about a cancellation that has ended: its goods are given up after all (DI-7)."""
    return (Step(jv.EndByJudgement, CLOCK, "closed", (j.nothing_granted, j.gives_goods_up, j.goods_are_free, rc.not_received), (j.cancel_goods, e.tell_both), (j.note_judged, j.note_ended)),)


def undone(name: str) -> tuple[Step, ...]:
    """An upheld appeal puts it back, and its goods into their order (DI-8)."""
    return (Step(jv.UndoJudgement, CLOCK, j.CANCELLATION_BACK, (j.judged_by_this, rc.not_received), (j.restore_goods, e.tell_both), (j.note_undone_cancellation,)),)


def talk(name: str) -> tuple[Step, ...]:
    """What is still possible when a cancellation has ended."""
    return (Step(d.Note, MERCHANT, name), Step(d.Say, (Party.BUYER, Party.MERCHANT), name, (r.photos_are_known,), (e.tell_both,)), *calls.answered(name))


REVIEWING = State("reviewing", "待审核", "In review", waits_on=Party.MERCHANT, clock="cancel_review", steps=(
    Step(c.ApproveCancellation, DESKS, REFUND, (f.reviews_it, *ANSWERS, rc.not_shipped), (*GIVES_BACK, e.tell_buyer, f.tell_merchant), (e.keep_fields, ec.grant_back, ec.note_end)),
    Step(c.ApproveAndIntercept, MERCHANT, "intercepting", (*ON_THE_WAY, rc.has_parcel), (ec.intercept_parcel, e.tell_buyer), (e.keep_fields, ec.note_intercept)),
    Step(c.FollowUpParcel, MERCHANT, "logistics_follow_up", ON_THE_WAY, (e.tell_buyer,), (e.keep_fields,)),
    *forced("reviewing"),
    Step(c.RejectCancellation, DESKS, "rejected", (f.reviews_it, *ANSWERS), (e.tell_buyer, f.tell_merchant), (e.keep_fields,)),
    # A dispute's plan: nobody files it and nobody reviews it (DI-2).
    Step(jv.RefundByPlan, CLOCK, REFUND, (rc.not_received,), (*GIVES_BACK, e.tell_buyer), (ec.grant_back, ec.note_end)),
    Step(jv.FollowUpByPlan, CLOCK, "logistics_follow_up", (rc.not_received, rc.is_shipped), (e.tell_buyer,)),
    *judged("reviewing"),
    Step(c.FastRefund, CLOCK, REFUND, (rc.not_received, rc.not_shipped), (*GIVES_BACK, e.tell_both), (ec.grant_back, ec.note_end)),
    Step(b.Withdraw, BUYER, "withdrawn", (), (e.tell_merchant,), (e.keep_fields,)),
    Step(o.OrderShipped, CLOCK, "reviewing", (), (e.tell_merchant,), (ec.note_shipment, f.note_reviewer), clock="cancel_answer"),
    *hears_of_order("reviewing"),
    *hears_of_parcel("reviewing"),
    # Unshipped: agreed to by silence. Shipped: the parcel is followed up, and its 48 hours run, unless the pack lets silence agree (CA-5). Tried and neither stopped nor delivered: the buyer waits no longer.
    Step(d.RunOut, CLOCK, Choice(rc.order_received, "closed", Choice(f.parcel_is_followed_up, "logistics_follow_up", REFUND)), (), (*GIVES_BACK, e.tell_both), (ec.grant_back, ec.note_end)),
    *stays("reviewing"),
))

INTERCEPTING = State("intercepting", "拦截中", "Intercepting", waits_on=Party.CARRIER, clock="intercept", steps=(
    *hears_of_parcel("intercepting"),
    Step(o.InterceptionFailed, CARRIER, "reviewing", (), (e.tell_both,), (ec.note_not_stopped,), clock="cancel_answer"),
    *forced("intercepting"),
    *judged("intercepting"),
    *hears_of_order("intercepting"),
    Step(d.RunOut, CLOCK, "reviewing", (), (e.tell_both,), (ec.note_silence,), clock="cancel_answer"),
    *stays("intercepting"),
))

LOGISTICS_FOLLOW_UP = State("logistics_follow_up", "物流待跟进", "Parcel followed up", waits_on=Party.MERCHANT, clock="follow_up", steps=(
    Step(c.ApproveAndIntercept, MERCHANT, "intercepting", (*ON_THE_WAY, rc.has_parcel), (ec.intercept_parcel, e.tell_buyer), (e.keep_fields, ec.note_intercept)),
    *forced("logistics_follow_up"),
    *judged("logistics_follow_up"),
    Step(b.Withdraw, BUYER, "withdrawn", (), (e.tell_merchant,), (e.keep_fields,)),
    *hears_of_order("logistics_follow_up"),
    *hears_of_parcel("logistics_follow_up"),
    # The three ends of CA-3, and a fourth: the carrier was asked in vain and the buyer has the goods, so after-sales is the way.
    Step(
        d.RunOut, CLOCK, Choice(rc.order_received, "closed", Choice(rc.has_goods_after_all, "closed", Choice(rc.platform_delivers, "intercepting", REFUND))), (),
        (ec.intercept_parcel, *GIVES_BACK, e.tell_both), (ec.note_intercept, ec.grant_back, ec.note_end),
    ),
    *stays("logistics_follow_up"),
))

REFUNDING = State("refunding", "退款中", "Refunding", waits_on=Party.PROVIDER, clock="refund", steps=(
    *pays("refunding", Choice(rc.all_moved, "refunded", "refunding")),
    # The money is owed whatever the provider does: running out calls finance and the platform, and changes nothing (MO-3).
    Step(d.RunOut, CLOCK, "refunding", (), (e.tell_merchant, e.tell_platform), (e.note_lateness,)),
    *stays("refunding"),
))

REFUNDED = State("refunded", "退款成功", "Refunded", final=True, steps=talk("refunded"))
REJECTED = State("rejected", "审核不通过", "Rejected", final=True, steps=(*judged_after("rejected"), *undone("rejected"), *talk("rejected")))
WITHDRAWN = State("withdrawn", "客户撤销", "Withdrawn by the buyer", final=True, steps=(*judged_after("withdrawn"), *talk("withdrawn")))
CLOSED = State("closed", "已关闭", "Closed", final=True, steps=(*judged_after("closed"), *undone("closed"), *talk("closed")))

CANCELLATION = Machine("cancellation", (REVIEWING, INTERCEPTING, LOGISTICS_FOLLOW_UP, REFUNDING, REFUNDED, REJECTED, WITHDRAWN, CLOSED), d.RunOut)

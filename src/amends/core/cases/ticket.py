"""工单: a question or complaint passed to the merchant and answered in turns. Grouped by state (05-tickets, TI-1 … TI-8)."""

from amends.core import effects as e
from amends.core import effects_ticket as et
from amends.core import effects_ticket_second as es
from amends.core import rules as r
from amends.core import rules_marks as rm
from amends.core import rules_ticket as rt
from amends.core import rules_ticket_second as rs
from amends.core.actor import Party
from amends.core.cases.common import CLOCK, MERCHANT, PLATFORM, pays
from amends.core.machine import Choice, Machine, State, Step
from amends.core.verbs import desk as d
from amends.core.verbs import marks
from amends.core.verbs import ticket as v

OTHER_SIDE = (Party.BUYER, Party.PLATFORM)
STAFF = (Party.MERCHANT, Party.PLATFORM)
MINE = (r.claimed_by_nobody_else, r.photos_are_known)
WRITES = (rt.is_other_side, r.photos_are_known)
DECIDES = (rs.nothing_waits, rt.nothing_decided, rt.nothing_under_way, rt.decision_fits, rt.has_document_to_end, r.photos_are_known)
HEARS = (e.tell_merchant, et.mail_ticket)
# What it is about is the platform's to say once it has the ticket: the merchant cannot take away what a decision is carried out on.
PAYS = (rs.nothing_waits, rt.not_carried_out, rt.nothing_under_way, rt.goods_not_given, rt.within_room, rt.within_decided, rt.has_document, r.photos_are_known)
BINDS = (rs.nothing_waits, rt.binding_is_open, rt.number_is_known, rt.is_the_buyers)
ENDS = (rt.is_other_side, rt.nothing_under_way, rt.has_document, r.photos_are_known)
# Above the set amount it waits, with the platform, for a second person; otherwise it stands at once (DI-6).
DECIDED = Choice(rs.needs_second, "transferred", Choice(rt.nothing_to_do, "resolved", "transferred"))
DECIDING = (es.stands(e.tell_merchant), es.stands(et.tell_other_side), es.stands(et.open_service_order), es.tell_platform)
SECOND = (rs.something_waits, rs.another_person, rt.nothing_under_way)


def desk(name: str) -> tuple[Step, ...]:
    """What leaves a ticket where it is: claims of the merchant's people, notes, what it is about, alerts. There is no talk beside the turns (TI-3)."""
    return (
        Step(d.Claim, MERCHANT, name, (r.claimed_by_nobody_else,), (), (e.note_claim,)),
        Step(d.Release, MERCHANT, name, (r.claimed_by_oneself,), (), (e.note_release,)),
        Step(d.Assign, MERCHANT, name, (r.person_is_staff,), (), (e.note_assignment,)),
        Step(d.Note, MERCHANT, name),
        Step(d.SetPriority, STAFF, name, (), (), (e.note_priority,)),
        Step(marks.MarkUnreasonable, MERCHANT, name, (rm.marked_once, rm.other_is_said), (), (rm.note_mark,)),
        Step(d.RaiseAlert, (Party.CLOCK, Party.MERCHANT), name, (r.no_open_alert,), (), (e.note_alert,)),
        Step(d.AcknowledgeAlert, MERCHANT, name, (r.has_alert,), (), (e.close_alert,)),
        Step(v.BindTicket, PLATFORM if name == "transferred" else STAFF, name, BINDS, (), (et.note_binding,)),
        Step(v.SetSubject, PLATFORM if name == "transferred" else STAFF, name, (rt.subject_is_open, rt.subject_is_known), (), (et.note_subject,)),
        *pays(name),  # money given before the other side wrote again is still on its way
    )


def ends(name: str) -> tuple[Step, ...]:
    """The other side is content, or the platform closes it; a regulator's ticket ends with a document."""
    return (
        Step(v.ResolveTicket, OTHER_SIDE, "resolved", ENDS, (e.tell_merchant,), (et.note_end,)),
        Step(v.CloseTicket, PLATFORM, "closed", ENDS, (e.tell_merchant, et.tell_other_side), (et.note_end,)),
    )


AWAITING_MERCHANT = State("awaiting_merchant", "待商家回复", "Waiting for the merchant", waits_on=Party.MERCHANT, clock="ticket_answer", steps=(
    Step(v.Reply, MERCHANT, "awaiting_other_side", MINE, (et.tell_other_side, et.inform_platform, et.mail_ticket), (et.note_reply,)),
    Step(v.FollowUp, OTHER_SIDE, "awaiting_merchant", WRITES, HEARS, (et.note_words,)),
    *ends("awaiting_merchant"),
    # TI-2, TI-5: first the time to answer is over, which counts as no objection; then the day, and the platform has it.
    Step(d.RunOut, CLOCK, Choice(rt.answered_late_before, "transferred", "awaiting_merchant"), (), (et.tell_transferred, et.hand_to_platform), (et.note_silence,), clock="ticket_transfer"),
    *desk("awaiting_merchant"),
))

AWAITING_OTHER_SIDE = State("awaiting_other_side", "已回复待跟进", "Answered", waits_on=Party.PLATFORM, clock="ticket_follow_up", steps=(
    # TI-3: the button is there and says why it is off; what was typed is kept.
    Step(v.Reply, MERCHANT, "awaiting_other_side", (rt.not_answered_yet,)),
    Step(v.FollowUp, OTHER_SIDE, "awaiting_merchant", WRITES, HEARS, (et.turn_begins,)),
    Step(v.DecideTicket, PLATFORM, DECIDED, (rt.is_a_doubt, *DECIDES), DECIDING, (es.decide,), clock="ticket_carry_out"),
    *ends("awaiting_other_side"),
    Step(d.RunOut, CLOCK, Choice(rt.is_regulator, "awaiting_other_side", "resolved"), (), (e.tell_merchant, et.inform_platform), (et.note_no_more_words,)),
    *desk("awaiting_other_side"),
))

TRANSFERRED = State("transferred", "已转平台", "Transferred to the platform", waits_on=Party.PLATFORM, clock="ticket_decide", steps=(
    Step(v.Reply, MERCHANT, "transferred", (rt.not_transferred,)),
    Step(v.FollowUp, OTHER_SIDE, "transferred", WRITES, (e.tell_platform,), (et.note_words,)),
    Step(v.HandBack, PLATFORM, "awaiting_merchant", (rs.nothing_waits, rt.nothing_decided, rt.nothing_under_way), HEARS, (et.turn_begins,), clock="ticket_answer"),
    Step(v.DecideTicket, PLATFORM, DECIDED, DECIDES, DECIDING, (es.decide,), clock="ticket_carry_out"),
    Step(v.CarryOut, MERCHANT, "resolved", (*MINE, rt.decided_and_open, rt.nothing_under_way, rt.was_given, rt.goods_are_back, rt.has_document), (et.tell_other_side, et.tell_platform, et.mail_ticket), (et.note_end, et.note_carried_out)),
    Step(
        v.RefundForMerchant, PLATFORM, Choice(rs.needs_second, "transferred", "resolved"), PAYS,
        (es.stands(et.pay_refund), es.stands(et.end_service_order), es.stands(e.tell_merchant), es.stands(et.tell_other_side), es.tell_platform), (es.pay,), clock="ticket_decide",
    ),
    Step(
        v.ApproveDecision, PLATFORM, Choice(rs.approves_payment, "resolved", "transferred"), (*SECOND, rs.still_fits),
        (*DECIDING[:-1], es.stands(et.pay_refund, of="refund_for_merchant"), es.stands(et.end_service_order, of="refund_for_merchant")), (es.approve,), clock="ticket_carry_out",
    ),
    Step(v.ReturnDecision, PLATFORM, "transferred", SECOND, (es.tell_platform,), (es.send_back,), clock="ticket_decide"),
    Step(v.ServiceOrderOpened, CLOCK, "transferred", (), (e.tell_merchant, et.tell_other_side), (et.note_opened,)),
    Step(v.ServiceOrderRefused, CLOCK, "transferred", (), (e.tell_platform,), (et.note_failed,), clock="ticket_decide"),
    *ends("transferred"),
    Step(d.RunOut, CLOCK, "transferred", (), (e.tell_platform,), (et.note_not_carried_out,)),
    *desk("transferred"),
))


def after(name: str) -> tuple[Step, ...]:
    """News of a service order that was opened later than the ticket ended, and of money on its way."""
    return (
        Step(v.ServiceOrderOpened, CLOCK, name, (), (), (et.note_opened,)),
        Step(v.ServiceOrderRefused, CLOCK, name, (), (e.tell_platform,), (et.note_unopened,)),
        Step(d.Note, MERCHANT, name),
        *pays(name),
    )


RESOLVED = State("resolved", "已解决", "Solved", final=True, steps=(
    # Who says that what was decided was not done after all is heard by the platform, and the decision stands (TI-5).
    Step(v.FollowUp, OTHER_SIDE, Choice(rt.was_carried_out, "transferred", "awaiting_merchant"), (*WRITES, rt.open_to_write), (*HEARS, et.hand_to_platform), (et.written_again,)),
    Step(v.CloseTicket, PLATFORM, "closed", (rt.has_document, r.photos_are_known), (), (et.note_end,)),
    Step(v.BindTicket, PLATFORM, "resolved", BINDS, (), (et.note_binding,)),
    *after("resolved"),
))
CLOSED = State("closed", "已关闭", "Closed", final=True, steps=after("closed"))

TICKET = Machine("ticket", (AWAITING_MERCHANT, AWAITING_OTHER_SIDE, TRANSFERRED, RESOLVED, CLOSED), d.RunOut)

"""纠纷单: opened by a buyer or the platform, settled by one plan, or judged, carried out and appealed. Grouped by state (04-disputes, DI-1 … DI-12)."""

from amends.core import calls
from amends.core import effects as e
from amends.core import effects_dispute as ed
from amends.core import rules as r
from amends.core import rules_dispute as rd
from amends.core import rules_evidence as re
from amends.core.actor import Party
from amends.core.cases.common import BUYER, CLOCK, EITHER, MERCHANT, PLATFORM, pays, stays
from amends.core.machine import Choice, Machine, State, Step
from amends.core.verbs import desk as d
from amends.core.verbs import dispute as v

ALL_SIDES = (Party.BUYER, Party.MERCHANT, Party.PLATFORM)
TO_JUDGE = Choice(re.gathers_evidence, "awaiting_evidence", "awaiting_adjudication")
"""Evidence is gathered until the closing date, or until nobody adds more; after it there is only judging left (DI-5)."""
SILENCE = Choice(rd.plan_is_under_way, "awaiting_buyer_confirmation", Choice(rd.silence_settles, "settled", TO_JUDGE))
"""What a buyer's silence leads to (DI-4)."""


def hears(name: str) -> tuple[Step, ...]:
    """News of a plan that is carried out later than the dispute moved on."""
    return (Step(v.PlanCarriedOut, CLOCK, name, (), (), (ed.note_carried,)), Step(v.PlanFailed, CLOCK, name, (), (e.tell_merchant,), (ed.note_failed,)))


JUDGED = Choice(rd.needs_second_person, "awaiting_adjudication", "adjudicated")
REJUDGED = Choice(rd.needs_second_person, "appealing", "adjudicated")
ANSWERS = (r.claimed_by_nobody_else,)


def talk(name: str) -> tuple[Step, ...]:
    """What is still possible when a dispute has ended."""
    return (Step(d.Note, MERCHANT, name), Step(d.Say, EITHER, name, (r.photos_are_known,), (e.tell_both,)), *calls.answered(name))


def evidence(name: str) -> tuple[Step, ...]:
    """Both sides, and the platform for a side it speaks for, file until the closing date (DI-5)."""
    return (Step(v.AddEvidence, ALL_SIDES, name, (rd.may_file_evidence, re.not_closed_by_both, rd.evidence_has_content, rd.evidence_within, r.photos_are_known), (ed.tell_others,), (ed.note_evidence, re.note_more)),)


def declares(name: str, *by: Party) -> tuple[Step, ...]:
    """Either side says that it adds nothing more, and takes it back until the closing date or until the other has said so too (DI-5)."""
    to = Choice(re.evidence_waits, "awaiting_evidence", "awaiting_adjudication") if name == "awaiting_evidence" else name
    return (
        Step(v.FinishEvidence, by or EITHER, to, (re.may_finish,), (ed.tell_others,), (re.note_finished,)),
        Step(v.ResumeEvidence, by or EITHER, name, (re.may_resume, re.not_closed_by_both), (ed.tell_others,), (re.note_resumed,)),
    )


def platform(name: str) -> tuple[Step, ...]:
    """The platform may take over, or close what is no dispute."""
    return (
        Step(v.StepIn, PLATFORM, "awaiting_adjudication", (), (e.tell_both,), (e.keep_fields, ed.note_stepped_in)),
        Step(v.CloseDispute, PLATFORM, "closed", (), (e.tell_both,), (e.keep_fields,)),
        Step(v.WithdrawDispute, BUYER, "withdrawn", (rd.opened_by_buyer,), (e.tell_merchant,), (e.keep_fields,)),
    )


def questions(name: str) -> tuple[Step, ...]:
    """Numbered questions while somebody judges an appeal: asked and answered where it is (DI-6a)."""
    return (
        Step(v.AskSide, PLATFORM, name, (rd.questions_left,), (ed.tell_asked,), (ed.note_question,)),
        Step(v.AnswerQuestion, EITHER, name, (rd.asked_of_oneself, rd.not_answered_yet, rd.evidence_within, r.photos_are_known), (e.tell_platform,), (ed.note_answer,)),
    )


AWAITING_MERCHANT = State("awaiting_merchant", "待商家处理", "Waiting for the merchant", waits_on=Party.MERCHANT, clock="dispute_answer", steps=(
    Step(v.SettleByRefund, MERCHANT, "awaiting_buyer_confirmation", (*ANSWERS, rd.is_about_cancelling, rd.order_not_received), (ed.carry_plan, e.tell_buyer), (e.keep_fields, ed.note_plan)),
    Step(v.SettleWithoutCancelling, MERCHANT, "awaiting_buyer_confirmation", (*ANSWERS, rd.is_about_cancelling), (e.tell_buyer,), (e.keep_fields, ed.note_plan)),
    Step(v.SettleByInterception, MERCHANT, "awaiting_buyer_confirmation", (*ANSWERS, rd.is_about_cancelling, rd.order_not_received, rd.order_is_shipped), (ed.carry_plan, e.tell_buyer), (e.keep_fields, ed.note_plan)),
    Step(v.OfferSettlement, MERCHANT, "awaiting_buyer_confirmation", (*ANSWERS, rd.is_not_about_cancelling, rd.offer_fits), (e.tell_buyer,), (e.keep_fields, ed.note_offer)),
    Step(v.AskForJudgement, MERCHANT, TO_JUDGE, (*ANSWERS, rd.ground_is_known), (e.tell_buyer, e.tell_platform), (e.keep_fields, ed.note_ground, ed.evidence_runs)),
    *evidence("awaiting_merchant"),
    *declares("awaiting_merchant", Party.BUYER),
    *platform("awaiting_merchant"),
    # DI-4: a merchant that is silent for its time is judged without its evidence.
    Step(d.RunOut, CLOCK, "awaiting_adjudication", (), (e.tell_both, e.tell_platform), (ed.note_silent_merchant,)),
    *stays("awaiting_merchant"),
))

AWAITING_BUYER_CONFIRMATION = State("awaiting_buyer_confirmation", "待客户确认", "Waiting for the buyer to confirm", waits_on=Party.BUYER, clock="settle_confirm", steps=(
    Step(v.AcceptSettlement, BUYER, "settled", (rd.plan_is_carried_out,), (ed.pay_refund, ed.apply_remedy, e.tell_merchant), (ed.note_settled, ed.money, ed.note_applying)),
    Step(v.RefuseSettlement, BUYER, TO_JUDGE, (), (e.tell_merchant, e.tell_platform), (e.keep_fields, ed.evidence_runs)),
    Step(v.PlanCarriedOut, CLOCK, "awaiting_buyer_confirmation", (), (e.tell_buyer,), (ed.note_carried,)),
    Step(v.PlanFailed, CLOCK, "awaiting_merchant", (), (e.tell_merchant,), (ed.note_failed,)),
    *evidence("awaiting_buyer_confirmation"),
    *declares("awaiting_buyer_confirmation"),
    *platform("awaiting_buyer_confirmation"),
    # DI-4: silence settles it, after a reminder; not while the plan is still being carried out, for nothing is settled that has not been done, and not where nothing was offered: that is judged.
    Step(
        d.RunOut, CLOCK, SILENCE, (), (ed.pay_refund, ed.apply_remedy, ed.tell_both, ed.tell_to_judge), (ed.note_settled, ed.money, ed.note_applying, ed.evidence_runs, ed.note_unanswered),
        clock="settle_confirm",
    ),
    *stays("awaiting_buyer_confirmation"),
))

AWAITING_EVIDENCE = State("awaiting_evidence", "待补充举证", "Waiting for evidence", waits_on=Party.MERCHANT, clock="evidence", steps=(
    Step(v.AnswerQuestion, EITHER, Choice(rd.evidence_still_waited_for, "awaiting_evidence", "awaiting_adjudication"), (rd.asked_of_oneself, rd.not_answered_yet, rd.evidence_within, r.photos_are_known), (e.tell_platform,), (ed.note_answer,)),
    Step(v.AskSide, PLATFORM, "awaiting_evidence", (rd.questions_left,), (ed.tell_asked,), (ed.note_question,)),
    *evidence("awaiting_evidence"),
    *declares("awaiting_evidence"),
    *platform("awaiting_evidence"),
    Step(d.RunOut, CLOCK, "awaiting_adjudication", (), (e.tell_both, e.tell_platform), (ed.note_closed_evidence,)),
    *hears("awaiting_evidence"),
    *stays("awaiting_evidence"),
))

AWAITING_ADJUDICATION = State("awaiting_adjudication", "待平台判责", "Waiting for the platform to judge", waits_on=Party.PLATFORM, clock="adjudicate", steps=(
    Step(v.Adjudicate, PLATFORM, JUDGED, (rd.nothing_to_confirm, re.evidence_is_complete, rd.judgement_fits, rd.rules_are_known, rd.within_room), (ed.pay_refund, ed.tell_judged), (ed.note_judgement, ed.money)),
    Step(v.ConfirmJudgement, PLATFORM, "adjudicated", (rd.waits_for_second, rd.another_person, re.evidence_is_complete, rd.still_within_room), (ed.pay_refund, ed.tell_judged), (ed.note_confirmed, ed.money)),
    Step(v.ReturnJudgement, PLATFORM, "awaiting_adjudication", (rd.waits_for_second, rd.another_person), (), (e.keep_fields, ed.drop_pending)),
    Step(v.AskSide, PLATFORM, "awaiting_evidence", (rd.nothing_to_confirm, rd.questions_left), (ed.tell_asked,), (ed.note_question,), clock="question"),
    Step(v.CloseDispute, PLATFORM, "closed", (), (e.tell_both,), (e.keep_fields,)),
    Step(v.WithdrawDispute, BUYER, "withdrawn", (rd.opened_by_buyer,), (e.tell_merchant,), (e.keep_fields,)),
    *evidence("awaiting_adjudication"),
    *declares("awaiting_adjudication"),
    Step(d.RunOut, CLOCK, "awaiting_adjudication", (), (e.tell_platform,), (e.note_lateness,)),
    *hears("awaiting_adjudication"),
    *stays("awaiting_adjudication"),
))

ADJUDICATED = State("adjudicated", "已判责", "Judged", waits_on=Party.MERCHANT, clock="execute", steps=(
    Step(v.CarryOutJudgement, MERCHANT, "adjudicated", (rd.not_carried_out,), (ed.pay_refund, ed.apply_remedy, e.tell_buyer), (ed.money, ed.note_executed, ed.note_applying, ed.appeal_runs), clock="appeal"),
    Step(v.Appeal, EITHER, "appealing", (rd.appeals_once, rd.in_time_to_appeal, rd.new_evidence_is_whole, rd.evidence_within, r.photos_are_known), (ed.tell_others, e.tell_platform), (ed.note_appeal,)),
    Step(v.RemedyApplied, CLOCK, "adjudicated", (), (e.tell_both,), (ed.note_applied,)),
    # DI-4a: not carried out in time, so the platform does it in the merchant's place; then the time to appeal runs, and ends it.
    Step(d.RunOut, CLOCK, Choice(rd.appeal_is_over, "closed", "adjudicated"), (), (ed.pay_refund, ed.apply_remedy, e.tell_both), (ed.money, ed.note_executed, ed.note_applying, ed.appeal_runs), clock="appeal"),
    *pays("adjudicated"),
    *hears("adjudicated"),
    *stays("adjudicated"),
))

APPEALING = State("appealing", "申诉中", "Under appeal", waits_on=Party.PLATFORM, clock="appeal_review", steps=(
    Step(v.UpholdAppeal, PLATFORM, REJUDGED, (rd.nothing_to_confirm, rd.another_judge, rd.judgement_fits, rd.rules_are_known, rd.nothing_on_its_way, rd.within_room), (ed.pay_refund, ed.undo_remedy, ed.tell_judged), (ed.note_judgement, ed.money, ed.note_applying)),
    Step(v.ConfirmJudgement, PLATFORM, "adjudicated", (rd.waits_for_second, rd.another_person, rd.another_judge, rd.nothing_on_its_way, rd.still_within_room), (ed.pay_refund, ed.undo_remedy, ed.tell_judged), (ed.note_confirmed, ed.money, ed.note_applying)),
    Step(v.ReturnJudgement, PLATFORM, "appealing", (rd.waits_for_second, rd.another_person), (), (e.keep_fields, ed.drop_pending)),
    Step(v.DismissAppeal, PLATFORM, "adjudicated", (rd.nothing_to_confirm, rd.another_judge), (e.tell_both,), (e.keep_fields, ed.note_dismissed)),
    # The other side's time may run out while this appeal is looked at, so it may bring its own now.
    Step(v.Appeal, EITHER, "appealing", (rd.nothing_to_confirm, rd.appeals_once, rd.in_time_to_appeal, rd.new_evidence_is_whole, rd.evidence_within, r.photos_are_known), (ed.tell_others, e.tell_platform), (ed.note_appeal,)),
    *questions("appealing"),
    *evidence("appealing"),
    Step(v.RemedyApplied, CLOCK, "appealing", (), (e.tell_both,), (ed.note_applied,)),
    Step(d.RunOut, CLOCK, "appealing", (), (e.tell_platform,), (e.note_lateness,)),
    *pays("appealing"),
    *hears("appealing"),
    *stays("appealing"),
))

SETTLED = State("settled", "已和解", "Settled", final=True, steps=(
    *hears("settled"),
    Step(v.RemedyApplied, CLOCK, "settled", (), (e.tell_both,), (ed.note_applied,)),
    *pays("settled"),
    *talk("settled"),
))
WITHDRAWN = State("withdrawn", "客户撤销", "Withdrawn by the buyer", final=True, steps=(*hears("withdrawn"), *talk("withdrawn")))
CLOSED = State("closed", "已关闭", "Closed", final=True, steps=(
    *hears("closed"),
    Step(v.RemedyApplied, CLOCK, "closed", (), (e.tell_both,), (ed.note_applied,)), *pays("closed"), *talk("closed"),
))

DISPUTE = Machine(
    "dispute", (AWAITING_MERCHANT, AWAITING_BUYER_CONFIRMATION, AWAITING_EVIDENCE, AWAITING_ADJUDICATION, ADJUDICATED, APPEALING, SETTLED, WITHDRAWN, CLOSED), d.RunOut,
)

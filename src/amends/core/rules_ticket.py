"""Guards and choices of a ticket (05-tickets).

Facts looked at: `tickets` (the pack's section, `core.pack_tickets.Tickets`), `room` (minor units of the bound order that can still be given back), `disputes` (the pack's section) and
`paid` (minor units paid for the order), `goods` (minor units that can still be given back of the goods decided about), `goods_paid` (what was paid for them), `refunded` and `compensated` (minor units given on the order so far), `opened` (the service order bound: `ends` whether it can still end without giving, `with_buyer` whether the buyer has to send the goods first),
`bound` (what a number typed stands for: `order`, `case`, `kind`, `number`, None where nothing has it). A missing fact means "none".
"""

from datetime import timedelta
from typing import Any

from amends.core.actor import Party
from amends.core.machine import Look
from amends.core.pack_disputes import NOT_OFFERED as NO_DISPUTES
from amends.core.pack_disputes import Disputes
from amends.core.pack_tickets import NOT_OFFERED, Tickets
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.rules_awards import compensation_fits

WITH_AMOUNT = ("refund", "compensate")
OF_GOODS = ("return_refund", "exchange", "reissue")


def section(look: Look) -> Tickets:
    """What the pack says of tickets."""
    found: Tickets = look.facts.get("tickets") or NOT_OFFERED
    return found


def is_regulator(look: Look) -> bool:
    """工商举报投诉: urgent, and closed with a document."""
    return look.case.type == "regulator"


def answered_late_before(look: Look) -> bool:
    """The time to answer has run out already: what runs now is the time until transfer (TI-2)."""
    return bool(look.case.body.get("late"))


def nothing_to_do(look: Look) -> bool:
    """The decision leaves the merchant nothing to carry out."""
    return getattr(look.command, "decision", "") == "nothing"


def decided(look: Look) -> dict[str, Any]:
    """The platform's decision on this ticket; empty without one."""
    found: dict[str, Any] = look.case.body.get("decision") or {}
    return found


def is_decided(look: Look) -> bool:
    """The platform has decided, and the merchant's time to carry it out runs or has run out."""
    return bool(decided(look))


def documents_asked(look: Look) -> bool:
    """The subject is a doubt that words alone do not answer: authenticity, quality, weight (TI-6)."""
    subject = section(look).subject(look.case.reason)
    return subject is not None and bool(subject.documents_zh)


@before_asking
def not_answered_yet(look: Look) -> Refusal | None:
    """TI-3: one answer a turn; the next one when the other side has written."""
    return Refusal("ticket_turn_over")


@before_asking
def not_transferred(look: Look) -> Refusal | None:
    """Who was silent for the whole time has lost the turn (TI-2, TI-5); what was answered may be with the platform for a second look."""
    return Refusal("ticket_transferred" if look.case.body.get("silent") is not False else "ticket_with_platform")


@before_asking
def is_other_side(look: Look) -> Refusal | None:
    """A buyer writes on tickets of their own; the platform on all."""
    return None if look.actor.party is not Party.BUYER or look.case.body.get("other_side") == "buyer" else Refusal("ticket_not_with_buyer")


@before_asking
def open_to_write(look: Look) -> Refusal | None:
    """What was solved may be written to for the pack's days; later a new ticket is opened."""
    ended, days = look.case.closed_at, section(look).reopen_days
    until = look.facts.get("reopen_until") or (ended + timedelta(days=days) if ended is not None else None)
    return Refusal("ticket_long_solved", {"days": days}) if until is not None and look.now >= until else None


@before_asking
def nothing_decided(look: Look) -> Refusal | None:
    """What was decided is carried out; it is not decided again or handed back, unless it could not be done."""
    return Refusal("ticket_decided_already") if is_decided(look) else None


@before_asking
def decided_and_open(look: Look) -> Refusal | None:
    """The merchant carries out what the platform has decided."""
    return None if is_decided(look) else Refusal("ticket_nothing_decided")


@before_asking
def not_carried_out(look: Look) -> Refusal | None:
    """TI-5: the platform pays in the merchant's place only when the merchant's days are over."""
    if not is_decided(look):
        return Refusal("ticket_nothing_decided")
    if not look.case.body.get("not_carried_out"):
        return Refusal("ticket_days_run", {"due": look.case.due_at.isoformat() if look.case.due_at else "—"})
    return None if look.case.order_id else Refusal("ticket_without_order")


@before_asking
def nothing_under_way(look: Look) -> Refusal | None:
    """What the house was asked to do is waited for."""
    return Refusal("ticket_under_way") if look.case.body.get("carried") == "asked" else None


@before_asking
def is_a_doubt(look: Look) -> Refusal | None:
    """TI-6: an answered ticket is decided by the platform where documents were asked for; otherwise the two sides go on, or open a dispute."""
    return None if documents_asked(look) else Refusal("ticket_answered_no_doubt")


def decision_fits(look: Look) -> Refusal | None:
    """An amount where money is decided, an order where goods or money are; no more than is left of what was paid."""
    wanted, amount = getattr(look.command, "decision", ""), getattr(look.command, "amount", None)
    if wanted in (*WITH_AMOUNT, *OF_GOODS) and not look.case.order_id:
        return Refusal("ticket_without_order", field="decision")
    if wanted in WITH_AMOUNT and amount is None:
        return Refusal("ticket_amount_missing", field="amount")
    return within_room(look) if wanted in WITH_AMOUNT else None


def disputes_of(look: Look) -> Disputes:
    """What the pack says of disputes: how much may be awarded, and above what a second person looks."""
    found: Disputes = look.facts.get("disputes") or NO_DISPUTES
    return found


def compensates(look: Look) -> bool:
    """What is decided, or paid in the merchant's place, is compensation beside the order's money."""
    return (getattr(look.command, "decision", "") or decided(look).get("decision")) == "compensate"


def given_since(look: Look) -> int:
    """What the buyer was given on the order since the platform decided, in minor units; compensation counts where compensation was decided."""
    stands = decided(look)
    refunded = int(look.facts.get("refunded", 0)) - int(stands.get("refunded_before", 0))
    return max(0, refunded) + (max(0, int(look.facts.get("compensated", 0)) - int(stands.get("compensated_before", 0))) if stands.get("decision") == "compensate" else 0)


def was_given(look: Look) -> Refusal | None:
    """TI-5: the merchant has carried a payment out when the buyer has been given it, not when it says so."""
    amount, given = int(decided(look).get("amount") or 0), given_since(look)
    return Refusal("ticket_refund_first", {"amount": amount, "given": given}) if decided(look).get("decision") in WITH_AMOUNT and given < amount else None


def was_carried_out(look: Look) -> bool:
    """The merchant has said that it did what the platform decided."""
    return bool(look.case.body.get("carried_out")) and is_decided(look)


def within_decided(look: Look) -> Refusal | None:
    """In the merchant's place no more is paid than was decided and has not been given since."""
    if decided(look).get("decision") not in WITH_AMOUNT:
        return None
    left, amount = max(0, int(decided(look).get("amount") or 0) - given_since(look)), int(getattr(look.command, "amount", None) or 0)
    return Refusal("ticket_above_decided", {"left": left, "asked": amount}, "amount") if amount > left else None


def goods_not_given(look: Look) -> Refusal | None:
    """Money is paid instead of goods only while the service order has given nothing and can still end; and not while the buyer, not the merchant, is waited for (TI-5)."""
    opened = look.facts.get("opened")
    if decided(look).get("decision") not in OF_GOODS or not opened:
        return None
    if opened.get("with_buyer"):
        return Refusal("ticket_goods_with_buyer", {"number": opened["number"]})
    return None if opened["ends"] else Refusal("ticket_goods_given", {"number": opened["number"]})


def goods_are_back(look: Look) -> Refusal | None:
    """What is to come back first, for a refund or in exchange, is not carried out while the buyer has not sent it."""
    opened = look.facts.get("opened") or {}
    waits = decided(look).get("decision") in OF_GOODS and opened.get("with_buyer")
    return Refusal("ticket_goods_not_back", {"number": opened["number"]}) if waits else None


def within_room(look: Look) -> Refusal | None:
    """Never more than is left of what was paid for the order (MO-1); compensation never more than the pack awards beside it, over everything about the order (DI-6)."""
    room, amount = int(look.facts.get("room", 0)), int(getattr(look.command, "amount", None) or 0)
    if compensates(look):
        return compensation_fits(look, amount, "amount")
    return Refusal("refund_above_cap", {"cap": room, "asked": amount}, "amount") if amount > room else None


def has_document(look: Look) -> Refusal | None:
    """A regulator's ticket ends with a document: with this command, or one it has already."""
    if not is_regulator(look) or bool(getattr(look.command, "photos", None)) or look.case.body.get("documents"):
        return None
    return Refusal("ticket_document_missing", field="photos")


def has_document_to_end(look: Look) -> Refusal | None:
    """A decision that leaves nothing to carry out ends a regulator's ticket, so it comes with the document."""
    return has_document(look) if nothing_to_do(look) else None


@before_asking
def binding_is_open(look: Look) -> Refusal | None:
    """What a service order was opened for, or money given for, stays what the ticket is about."""
    return Refusal("ticket_binding_stands") if look.case.body.get("carried") or look.case.granted or look.case.body.get("compensated") else None


def is_the_buyers(look: Look) -> Refusal | None:
    """A buyer's ticket is about the buyer's own orders, so that nobody else ever reads it."""
    found = look.facts.get("bound")
    if not found or look.case.body.get("other_side") != "buyer" or found.get("buyer", "") == look.case.buyer_id:
        return None
    return Refusal("ticket_number_not_buyers", {"number": getattr(look.command, "number", "")}, "number")


def number_is_known(look: Look) -> Refusal | None:
    """TI-7: an order, service order or cancellation of this merchant; an empty number takes the binding away."""
    number = getattr(look.command, "number", "")
    return None if not number or look.facts.get("bound") else Refusal("ticket_number_unknown", {"number": number}, "number")


@before_asking
def subject_is_open(look: Look) -> Refusal | None:
    """What is asked of the merchant hangs on the subject (TI-6): the platform may change it until it decides, the merchant where it was only told from a mail's words."""
    if is_decided(look) or look.case.body.get("pending"):
        return Refusal("ticket_decided_already")
    return None if look.actor.party is Party.PLATFORM or look.case.body.get("guessed") else Refusal("ticket_subject_chosen")


def subject_is_known(look: Look) -> Refusal | None:
    """One of the pack's for where the ticket came from."""
    code = getattr(look.command, "subject", "")
    return None if any(s.code == code for s in section(look).of_origin(look.case.type)) else Refusal("ticket_subject_unknown", field="subject")

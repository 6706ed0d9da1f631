"""What a ticket asks of the world and what it keeps: turns, silence, decisions, documents (05-tickets)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from amends.core.commands import verb
from amends.core.effects import amount
from amends.core.machine import Look
from amends.core.rules_ticket import OF_GOODS, WITH_AMOUNT, compensates, decided, is_regulator, section

Body = Mapping[str, Any]


def mail_ticket(look: Look) -> dict[str, Any] | None:
    """A mail about what was just written. To the merchant: where it has said a contact address. To the other side: where the ticket came by mail.

    The body names ticket and number; `message` is put in with the message's row, the platform's and merchant's addresses are the worker's to know.
    """
    to = "other_side" if verb(look.command) in ("reply", "carry_out") else "merchant"
    if to == "other_side" and not look.case.body.get("mail_from"):
        return None
    return {"ticket": look.case.id, "number": look.case.number, "to": to}


def tell_other_side(look: Look) -> Body:
    """The buyer whose ticket it is, or the platform's people."""
    to = "buyer" if look.case.body.get("other_side") == "buyer" else "platform"
    return {"to": to, "event": look.command.event, "buyer": look.case.buyer_id}


def tell_platform(look: Look) -> Body | None:
    """The platform's people hear of it too; not where they are the other side, and hear of it as that."""
    return {"to": "platform", "event": look.command.event} if look.case.body.get("other_side") == "buyer" else None


def inform_platform(look: Look) -> Body | None:
    """The platform is told of everything on a regulator's ticket; once, where it is the other side and hears of it as that."""
    told = verb(look.command) == "reply" and look.case.body.get("other_side") != "buyer"
    return {"to": "platform", "event": look.command.event} if is_regulator(look) and not told else None


def tell_transferred(look: Look) -> Body:
    """The merchant hears that its time is over, or that it lost the turn."""
    return {"to": "merchant", "event": "ticket_transferred" if look.to == "transferred" else look.command.event}


def hand_to_platform(look: Look) -> Body | None:
    """转单: the platform's people hear of what came to them."""
    return {"to": "platform", "event": "ticket_transferred"} if look.to == "transferred" else None


def open_service_order(look: Look) -> Body | None:
    """TI-6: goods are to come back at the merchant's cost, so the house opens a service order for them (as staff, through the one intake)."""
    wanted = getattr(look.command, "decision", "")
    if wanted not in OF_GOODS or not look.case.order_id or look.to != "transferred":
        return None
    return {"order": look.case.order_id, "wanted": wanted, "line": look.case.body.get("line_id", ""), "sku": getattr(look.command, "sku", ""), "words": getattr(look.command, "words", "")}


def end_service_order(look: Look) -> Body | None:
    """Money was paid instead of goods: the service order opened for them ends."""
    return {"end": look.case.body.get("bound_case", "")} if look.case.body.get("carried") == "service_order" and decided(look).get("decision") in OF_GOODS else None


def pay_refund(look: Look) -> Body | None:
    """TI-5: the platform refunds the buyer, the way the money came (MO-3); the merchant bears it. Compensation is paid beside the order's money."""
    return None if compensates(look) else {"amount": amount(look), "currency": look.case.currency, "order": look.case.order_id}


def grant(look: Look) -> Body:
    """Money decided: added to what this ticket has granted, or has given beside the order's money."""
    if compensates(look):
        return {"compensated": look.case.body.get("compensated", 0) + amount(look)}
    ends = {"goods_ended": True} if end_service_order(look) else {}
    return {"granted": look.case.granted + amount(look), "refunded_for_merchant": amount(look), **ends}


def turn_begins(look: Look) -> Body:
    """The merchant is asked: the time to answer runs from now, and red from the pack's seconds on (TI-1, TI-2, TI-4).

    A mail is answered by the cut-off of the pack, a ticket within its hours; the turn of a mail begins when it was sent.
    """
    mail, sent = look.case.type == "email", getattr(look.command, "sent", None)
    start = (min(sent, look.now) if mail and sent else look.now).isoformat()
    return {
        "turn_began": start, "turns": look.case.body.get("turns", 0) + 1, "red_at": _later(look, start), "arms": "ticket_mail" if mail else "ticket_answer", "runs_since": start, "waits_for": "",
        "late": False, "decision": None, "not_carried_out": False, "carried": None, "carried_out": False,
    }


def written_again(look: Look) -> Body:
    """A solved ticket is written to: a new turn begins, or the platform hears that what was decided was not done, and may do it in the merchant's place (TI-5)."""
    if look.to != "transferred":
        return turn_begins(look)
    return {"carried_out": False, "not_carried_out": True, "late": False, "waits_for": "platform", "last_words_at": look.now.isoformat(), "red_at": None}


def note_carried_out(look: Look) -> Body:
    """The merchant says that it is done (TI-5)."""
    return {"carried_out": True, "carried_out_at": look.now.isoformat()}


def _later(look: Look, start: str) -> str:
    return (look.now.fromisoformat(start) + timedelta(seconds=section(look).red_after)).isoformat()


def turn_ends(look: Look) -> Body:
    """Somebody else is waited for: nothing is red any more."""
    return {"red_at": None, "waits_for": look.case.body.get("other_side") or "platform"}


def turn_took(look: Look) -> int:
    """Seconds since the turn began, without those in which its clock was suspended (PO-15); never less than none: a mail's own date or another machine's clock may be ahead of ours."""
    began = look.now.fromisoformat(look.case.body.get("turn_began") or look.case.opened_at.isoformat())
    return max(int((look.now - began).total_seconds()) - int(look.facts.get("suspended", 0)), 0)


def note_reply(look: Look) -> Body:
    """The merchant's opinion and how long it took, for the counts (TI-8); documents it brought (TI-6)."""
    taken = turn_took(look)
    brought = list(getattr(look.command, "photos", ()))
    return {**turn_ends(look), "result": getattr(look.command, "result", ""), "replied_at": look.now.isoformat(), "took": taken, "with_documents": bool(brought)}


def note_words(look: Look) -> Body:
    """Words were added while somebody else is waited for."""
    return {"last_words_at": look.now.isoformat()}


def note_silence(look: Look) -> Body:
    """TI-2, TI-5: the time to answer is over (which counts as no objection), then the day is over and the platform has it, recorded against the merchant."""
    if look.to == "transferred":
        return {
            "transferred_at": look.now.isoformat(), "against_merchant": look.case.body.get("against_merchant", 0) + 1, "silent": True, "red_at": None,
            "arms": "ticket_decide", "runs_since": None, "waits_for": "platform",
        }
    return {"late": True, "overdue_at": look.now.isoformat(), "arms": "ticket_transfer", "runs_since": look.case.body.get("turn_began")}


def finding(look: Look) -> str:
    """On what grounds the platform decides: silence, no document, or one that does not disprove (TI-5, TI-6). A doubt stays one while it waits for a second person."""
    if look.case.state == "transferred" and look.case.body.get("silent") is not False:
        return "silence"
    return "not_disproved" if look.case.body.get("with_documents") else "no_document"


def note_decision(look: Look) -> Body:
    """What the platform decided, and on what grounds (TI-5, TI-6)."""
    wanted = getattr(look.command, "decision", "")
    decision = {
        "decision": wanted, "amount": (getattr(look.command, "amount", None) or 0) if wanted in WITH_AMOUNT else 0, "words": getattr(look.command, "words", ""), "finding": finding(look),
        "by": look.actor.name, "by_id": look.actor.id, "at": look.now.isoformat(), "asked": look.case.body.get("asks", ""),
        "refunded_before": int(look.facts.get("refunded", 0)), "compensated_before": int(look.facts.get("compensated", 0)),
    }
    under_way = "asked" if decision["decision"] in OF_GOODS and look.to == "transferred" else None
    return {"decision": decision, "waits_for": "merchant" if look.to == "transferred" else "", "red_at": None, "not_carried_out": False, "carried": under_way, "carried_out": False, "late": False, **note_documents(look)}


def note_not_carried_out(look: Look) -> Body:
    """The merchant's days are over, or the platform's own time: it is waited for the platform (TI-5)."""
    return {"late": True, "waits_for": "platform", **({"not_carried_out": True} if decided(look) else {})}


def note_opened(look: Look) -> Body:
    """The service order is what the ticket is about from now on (TI-7)."""
    c: Any = look.command
    return {"carried": "service_order", "bound_case": c.case, "bound_kind": "service_order", "bound_number": c.number}


def note_failed(look: Look) -> Body:
    """It could not be opened: the platform is asked again, with the reason."""
    return {"carried": None, "decision": None, "failure": getattr(look.command, "words", ""), "waits_for": "platform", "not_carried_out": False}


def note_unopened(look: Look) -> Body:
    """It could not be opened, and the ticket has ended meanwhile."""
    return {"carried": None, "failure": getattr(look.command, "words", "")}


def note_documents(look: Look) -> Body:
    """Documents a regulator's ticket was closed with."""
    brought = list(getattr(look.command, "photos", ()))
    return {"documents": [*look.case.body.get("documents", ()), *brought]} if brought else {}


def note_end(look: Look) -> Body:
    """Nobody is waited for."""
    return {"red_at": None, "waits_for": "", "ended_by": look.actor.side.value, **({"pending": None} if look.case.body.get("pending") else {}), **note_documents(look)}


def note_no_more_words(look: Look) -> Body:
    """The other side did not write again in time: it counts as content. A regulator's ticket is still to be closed with a document, by the platform."""
    return {"waits_for": "platform", "late": True} if look.to == "awaiting_other_side" else {"waits_for": "", "ended_by": "silence"}


def note_binding(look: Look) -> Body:
    """What the ticket is about (TI-7)."""
    found = look.facts.get("bound") or {}
    return {
        "bound_order": found.get("order", ""), "order_number": found.get("order_number", ""), "bound_case": found.get("case", ""), "bound_kind": found.get("kind", ""),
        "bound_number": found.get("number", ""), "line_id": found.get("line", ""), "bound_buyer": found.get("buyer", ""),
    }


def note_subject(look: Look) -> Body:
    """Somebody has said what it is about: no guess any more."""
    subject = section(look).subject(getattr(look.command, "subject", ""))
    return {"guessed": None, **({} if subject is None else {"reason": subject.code, "reason_zh": subject.zh, "reason_en": subject.en})}

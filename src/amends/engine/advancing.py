"""Rows of other tables that follow from an advanced refund (SO-32): who bears it in the ledger, the claim asked of the buyer, what is granted less when it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.core import movements as m
from amends.core.commands import verb
from amends.core.machine import Decision, Look
from amends.engine.ids import new_id

if TYPE_CHECKING:
    from amends.engine.beside import Beside

BORNE = {
    "lightning_settled": ("settled", "merchant"), "lightning_waived": ("waived", "merchant"), "lightning_written_off_platform": ("written_off", "platform"),
    "lightning_written_off_merchant": ("written_off", "merchant"),
}
"""What a decision does to the advance account: the movement, and by whom it is borne."""
PAYS = frozenset({"difference_paid", "record_payment"})


def carry(beside: Beside, look: Look, decision: Decision) -> None:
    """Everything a decision about an advance leaves beside its case."""
    for kind, amount in decision.changes.pop("advance_moves", []):
        if kind == "lightning_paid_back":
            _paid(beside, look, decision, amount)
        else:
            beside.book.borne(look, decision, m.lightning_borne(BORNE[kind][0], amount, BORNE[kind][1], look.case.currency))
    if decision.state == "claiming_back":
        _ask(beside, look, decision)
    elif look.case.state == "claiming_back" and verb(look.command) not in PAYS:
        beside.add(look, "drop_charges", case_id=look.case.id, outbox_id=new_id())


def _ask(beside: Beside, look: Look, decision: Decision) -> None:
    """The buyer is asked for what is claimed, through the provider the order was paid by, or by hand (MO-5)."""
    case, advance = look.case, decision.changes["advance"]
    decision.changes["charge"] = charge = new_id()
    row = {"case_id": case.id, "order_id": case.order_id, "buyer_id": case.buyer_id, "amount_minor": advance["claim"], "currency": case.currency}
    beside.add(look, "add_charges", id=charge, outbox_id=new_id(), words="", **row)


def _paid(beside: Beside, look: Look, decision: Decision, amount: int) -> None:
    """The money came back: a payment of its own, the grant smaller by it, the advance account made good."""
    case, charge, by_hand = look.case, getattr(look.command, "charge", ""), verb(look.command) == "record_payment"
    reference = getattr(look.command, "reference", "")
    beside.add(
        look, "pay_claims", id=charge, payment_id=new_id(), by_hand=by_hand, outbox_id=new_id(), order_id=case.order_id, line_id=case.body.get("line_id"), reference=reference,
    )
    provider = "" if by_hand else beside.facts.providers.get(charge, "")
    beside.facts.charges.get(case.id, {}).pop(charge, None)
    beside.book.came_back(look, decision, charge, amount, provider)
    _grant_less(beside, look, amount, int(decision.changes["advance"].get("pieces", 0)))


def _grant_less(beside: Beside, look: Look, amount: int, pieces: int) -> None:
    """The grants of the case, written anew and smaller: the last first."""
    case = look.case
    mine: list[list[Any]] = [list(g) for g in beside.facts.money.grants.get(case.order_id, ()) if g[1] == case.id]
    for grant in reversed(mine):
        less, fewer = min(amount, grant[4]), min(pieces, grant[3])
        grant[4], grant[3] = grant[4] - less, grant[3] - fewer
        amount, pieces = amount - less, pieces - fewer
    beside.add(look, "reverse_refunds", case_id=case.id)
    beside.facts.money.revoke(case)
    for order, of_case, line, quantity, left in mine:
        if quantity or left:
            beside.add(look, "grant_refunds", id=new_id(), case_id=of_case, order_id=order, line_id=line, quantity=quantity, amount_minor=left, currency=case.currency)
            beside.facts.money.grant((order, of_case, line, quantity, left))

"""Guards, changes and effects of negotiation (SO-28), and what was agreed and binds afterwards.

What is proposed stands in `case.body["proposal"]` (n, offer, amount, freight_by, sku, quantity, return_address, words, asked_in, left, outcome), what was agreed
in `case.body["agreed"]`. A proposal stands for a command that the merchant could have given; accepting it is that command, under the same guards.

Facts used: `negotiation` (the pack's section), `computed`, `cap`, `stock`, `addresses`, `difference`, `left` (seconds the running clock has left).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from amends.core import effects as e
from amends.core import rules as r
from amends.core.commands import Command, inputs, verb
from amends.core.machine import Look
from amends.core.pack_negotiation import Negotiation
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.verbs.negotiation import AcceptProposal, DeclineProposal
from amends.core.verbs.processing import Exchange, Refund, Reissue, Repair
from amends.core.verbs.review import Abandon, ApproveReturn, RefundWithoutReturn, ReissueWithoutReturn

Body = Mapping[str, Any]
AGREED = "agreed"
NONE = Negotiation()
CHANGES_TYPE = {"return": "return", "exchange": "exchange", "repair": "repair", "reissue": "reissue"}
"""Offers that make the case one of another type; money alone and a withdrawal leave it as it is."""
FIELDS = {
    "reviewing": {
        "return": ("amount", "freight_by", "return_address"), "refund_only": ("amount",), "exchange": ("freight_by", "return_address", "sku", "quantity"),
        "repair": ("freight_by", "return_address"), "reissue": ("sku", "quantity"), "withdraw": (),
    },
    "processing": {"refund_only": ("amount",), "exchange": ("sku", "quantity"), "repair": (), "reissue": ("sku", "quantity")},
}
"""What can be proposed where, and which inputs belong to it: once the goods are here, they need not be sent and the application cannot be withdrawn."""
HEARD = ("declined", "lapsed")
"""Outcomes of a proposal that the buyer could have accepted and did not."""
TERMS = ("amount", "freight_by", "sku", "quantity", "return_address")


def proposal(look: Look) -> dict[str, Any]:
    """The proposal as it stands with the case; empty where none was made."""
    return look.case.body.get("proposal") or {}


def stands_for(terms: Mapping[str, Any], state: str) -> Command:
    """The command that a proposal made in this state stands for; ValueError for an offer that is not made there (a bug: the guards refuse it)."""
    amount, sku, quantity = terms.get("amount"), terms.get("sku") or "", terms.get("quantity")
    match state, terms.get("offer"):
        case "reviewing", "return" | "exchange" | "repair":
            return ApproveReturn(terms.get("return_address") or "", terms.get("freight_by") or "")
        case "reviewing", "refund_only":
            return RefundWithoutReturn(amount, AGREED)
        case "reviewing", "reissue":
            return ReissueWithoutReturn(sku, quantity)
        case "reviewing", "withdraw":
            return Abandon("application")
        case "processing", "refund_only":
            return Refund(amount, None, AGREED)
        case "processing", "exchange":
            return Exchange(sku, quantity)
        case "processing", "repair":
            return Repair(AGREED)
        case "processing", "reissue":
            return Reissue(sku, quantity)
    raise ValueError(f"{terms.get('offer')!r} is not proposed in {state}")


def stand_in(case_body: Mapping[str, Any], command: Command, state: str) -> Command | None:
    """The command that this proposal, or accepting the one on the table, comes to; None for anything else and for what cannot be proposed."""
    if verb(command) == "accept_proposal":
        terms = case_body.get("proposal") or {}
        return stands_for(terms, terms["asked_in"]) if terms else None
    offer = getattr(command, "offer", "")
    return stands_for({"offer": offer, **{name: getattr(command, name) for name in TERMS}}, state) if offer in FIELDS.get(state, {}) else None


def as_agreed(look: Look) -> Look:
    """The same look as if the merchant gave the command that was agreed: what guards, changes and effects of that command see."""
    command = stand_in(look.case.body, look.command, look.case.state)
    return look if command is None else replace(look, command=command)


def was_processing(look: Look) -> bool:
    """The proposal was made after the goods had come back."""
    return proposal(look).get("asked_in") == "processing"


def _offers(*names: str, processing: bool | None = None) -> Callable[[Look], bool]:
    def asks(look: Look) -> bool:
        return proposal(look).get("offer") in names and processing in (None, was_processing(look))

    asks.__name__ = f"offers_{'_or_'.join(names)}"
    return asks


offers_withdrawal = _offers("withdraw")
offers_money = _offers("refund_only")
offers_repair_of_what_came = _offers("repair", processing=True)


def offers_dearer_goods(look: Look) -> bool:
    """What came is exchanged for a SKU that is dearer than what was bought."""
    return proposal(look).get("offer") == "exchange" and was_processing(look) and int(look.facts.get("difference", 0)) > 0


def offers_goods(look: Look) -> bool:
    """Goods go out as soon as the buyer accepts: sent again, or for what came."""
    return proposal(look).get("offer") == "reissue" or (proposal(look).get("offer") == "exchange" and was_processing(look))


@before_asking
def may_propose(look: Look) -> Refusal | None:
    """The pack offers proposals, and not all of them are used up (SO-28)."""
    section: Negotiation = look.facts.get("negotiation", NONE)
    if not section.at_most:
        return Refusal("negotiation_off")
    return Refusal("proposals_used_up", {"most": section.at_most}) if int(look.case.body.get("proposals", 0)) >= section.at_most else None


@before_asking
def proposed_before_refusing(look: Look) -> Refusal | None:
    """A pack can ask for a proposal before `reject` (SO-28): one that the buyer could answer, not one that was taken back."""
    section: Negotiation = look.facts.get("negotiation", NONE)
    return Refusal("proposal_first") if section.required and not heard(look.case.body) else None


def heard(body: Body) -> bool:
    """The buyer has declined a proposal on this case or let one pass."""
    return bool(body.get("proposals_heard")) or (body.get("proposal") or {}).get("outcome") in HEARD


@before_asking
def another_is_left(look: Look) -> Refusal | None:
    """Where one must come before a refusal, the last proposal stays on the table: else nothing could follow it any more."""
    section: Negotiation = look.facts.get("negotiation", NONE)
    used_up = int(look.case.body.get("proposals", 0)) >= section.at_most
    return Refusal("proposal_last", {"most": section.at_most}) if section.required and used_up and not heard(look.case.body) else None


@before_asking
def in_time(look: Look) -> Refusal | None:
    """Whoever is late cannot talk lateness away (SO-18)."""
    return Refusal("proposal_late") if look.case.body.get("late") else None


def offer_fits(look: Look) -> Refusal | None:
    """The offer can be made here, has only its own inputs, and is not just what the buyer asked for."""
    c, here = look.command, FIELDS.get(look.case.state, {})
    offer: str = getattr(c, "offer", "")
    if not offer:
        return Refusal("offer_missing", field="offer")
    if offer not in here:
        return Refusal("offer_not_here", field="offer")
    for item in inputs(type(c)):
        if item.name in TERMS and item.name not in here[offer] and getattr(c, item.name) not in (None, ""):
            return Refusal("offer_has_no_field", {"zh": item.metadata["zh"], "en": item.metadata["en"]}, item.name)
    if offer == look.case.type and look.case.state == "reviewing" and all(getattr(c, name) in (None, "") for name in here[offer] if name != "return_address"):
        return Refusal("offer_same", field="offer")
    if offer == "exchange" and look.case.state == "processing" and not getattr(c, "sku", ""):
        return Refusal("offer_needs_sku", field="sku")
    return None


def could_decide_it(look: Look) -> Refusal | None:
    """Nobody gets further by proposing than by deciding: the permission of what would be carried out is needed too (ST-4)."""
    would = stand_in(look.case.body, look.command, look.case.state)
    if would is None or look.actor.may(look.case.kind, verb(would)):
        return None
    return Refusal("permission_missing", {"permission": f"{look.case.kind}.{verb(would)}"})


def can_be_carried_out(look: Look) -> Refusal | None:
    """The guards of the command it stands for: the amount within MO-1, the goods there, an address to send to (checked when proposed)."""
    would = as_agreed(look)
    match would.command:
        case ApproveReturn():
            return r.has_return_address(would) or _agreed_amount_fits(look, would) or _agreed_goods_are_there(look)
        case Refund() | RefundWithoutReturn():
            return r.refund_allowed(would)
        case Exchange() | ReissueWithoutReturn() | Reissue():
            return r.within_what_arrived(would) or r.stock_covers(would)
    return None


def _agreed_amount_fits(look: Look, would: Look) -> Refusal | None:
    """An amount agreed for goods that are still to come is bound as one that is paid now."""
    amount = getattr(look.command, "amount", None)
    return None if amount is None else r.refund_allowed(replace(would, command=RefundWithoutReturn(amount, AGREED)))


def _agreed_goods_are_there(look: Look) -> Refusal | None:
    return r.stock_covers(replace(look, command=Exchange(sku, None))) if (sku := getattr(look.command, "sku", "")) else None


def can_still_be_carried_out(look: Look) -> Refusal | None:
    """The same once more when the buyer accepts: money or goods may have gone meanwhile. What the merchant was allowed to offer needs no permission now."""
    terms, would = proposal(look), as_agreed(look)
    amount = terms.get("amount")
    if amount is not None and amount > int(look.facts.get("cap", 0)):
        return Refusal("proposal_stale", {"cap": int(look.facts.get("cap", 0))})
    match would.command:
        case ApproveReturn():
            return r.stock_covers(replace(look, command=Exchange(terms["sku"], None))) if terms.get("sku") else None
        case Exchange() | ReissueWithoutReturn() | Reissue():
            return r.within_what_arrived(would) or r.stock_covers(would)
    return None


def same_proposal(look: Look) -> Refusal | None:
    """An answer is to the proposal that was read."""
    read = look.command.proposal if isinstance(look.command, AcceptProposal | DeclineProposal) else None
    return None if read in (None, proposal(look).get("n")) else Refusal("proposal_other")


def goods_not_here(look: Look) -> Refusal | None:
    """An application is withdrawn until the goods are received (SO-5)."""
    return Refusal("goods_are_here") if was_processing(look) else None


def not_less_than_agreed(look: Look) -> Refusal | None:
    """What was agreed is paid (SO-28): less only after a new agreement."""
    asked, bound = getattr(look.command, "amount", None), agreed_amount(look.case.body, look.case.quantity, look.case.granted, int(look.facts.get("cap", 0)))
    return Refusal("less_than_agreed", {"agreed": bound, "asked": asked}, "amount") if bound is not None and asked is not None and asked < bound else None


def goods_as_agreed(look: Look) -> Refusal | None:
    """The SKU that was agreed goes out, unless the buyer consents to another type or SKU."""
    sku = (look.case.body.get("agreed") or {}).get("sku")
    return Refusal("other_than_agreed", {"sku": sku}, "sku") if sku and getattr(look.command, "sku", "") not in ("", sku) else None


def agreed_amount(body: Mapping[str, Any], quantity: int, granted: int, cap: int) -> int | None:
    """What was agreed for goods that come back and is still to be paid, minor units; None where nothing binds.

    Agreed for all pieces: of fewer that arrived, their part. Goods that did not come as they were to come free the merchant from it (SO-15).
    """
    agreed = body.get("agreed") or body.get("judged_return") or {}
    if agreed.get("offer") != "return" or agreed.get("amount") is None or body.get("condition") not in (None, "good", "short"):
        return None
    received = body.get("received")
    whole = int(agreed["amount"]) if received is None or received >= quantity else int(agreed["amount"]) * received // quantity
    return None if granted >= whole else min(whole - granted, cap)


def note_proposal(look: Look) -> Body:
    """The proposal in full; an amount left open is what was computed, so that the buyer reads a figure."""
    c, n = look.command, int(look.case.body.get("proposals", 0)) + 1
    terms = {name: value for name in TERMS if (value := getattr(c, name, None)) not in (None, "")}
    offer = getattr(c, "offer", "")
    if offer == "refund_only":
        terms["amount"] = e.amount(as_agreed(look))
    elif isinstance(would := as_agreed(look).command, ApproveReturn):
        terms |= e.choose_address(replace(look, command=would))
    elif offer in ("exchange", "reissue"):
        sku, quantity = r.wanted(as_agreed(look))
        terms |= {"sku": sku, "quantity": quantity}
    return {
        "proposals": n,
        "proposal": {
            "n": n, "offer": offer, **terms, "words": getattr(c, "words", ""), "asked_in": look.case.state, "outcome": "open",
            "left": {"clock": (look.case.body.get("clock") or {}).get("clock", ""), "seconds": int(look.facts.get("left", 0))},
        },
    }


def note_outcome(outcome: str) -> Callable[[Look], Body]:
    """What became of the proposal; the clock that ran before goes on with what it had left, and at least with what the pack gives.

    Left, not fresh: a proposal must not buy the time that a review has (SO-8). At least something, so that an answer in the last minute can be looked at.
    """

    def note(look: Look) -> Body:
        was = proposal(look)
        section: Negotiation = look.facts.get("negotiation", NONE)
        left = was.get("left") or {}
        resumes = {"clock": left["clock"], "seconds": max(int(left["seconds"]), section.least_left)} if left.get("clock") and look.to == was.get("asked_in") else {}
        said = getattr(look.command, "words", "")
        counts = {"proposals_heard": int(look.case.body.get("proposals_heard", 0)) + 1} if outcome in HEARD else {}
        return {"proposal": {**was, "outcome": outcome, **({"said": said} if said else {})}, **({"resumes": resumes} if resumes else {}), **counts}

    note.__name__ = f"note_{outcome}"
    return note


def note_agreed(look: Look) -> Body:
    """What both agreed on: it binds what comes. A change of type is agreed too, and its consent is the acceptance (SO-26)."""
    was, would = proposal(look), as_agreed(look)
    agreed = {"n": was["n"], "offer": was["offer"], **{name: was[name] for name in TERMS if name in was}}
    out: dict[str, Any] = {"proposal": {**was, "outcome": "accepted"}, "agreed": agreed}
    if isinstance(would.command, ApproveReturn):
        out |= e.choose_address(would)
        if look.case.body.get("return_way") == "keep":
            out["return_way"] = "ship_back"
    if (new := CHANGES_TYPE.get(was["offer"])) and new != look.case.type:
        out |= {"type": new, "consent": f"proposal {was['n']}"}
    if look.to == "confirming":
        out |= e.grant(would)
    if look.to in ("collecting", "fulfilling") and was["offer"] == "exchange":
        out |= e.note_difference(would)
    return out


def forget_agreed(look: Look) -> Body:
    """Another type was consented to: what was agreed before does not bind any more."""
    return {"agreed": {}} if look.case.body.get("agreed") else {}


def pay_refund(look: Look) -> Body | None:
    """The money that was agreed, where the agreement is about money now."""
    return e.pay_refund(as_agreed(look)) if look.to == "confirming" else None


def hold_stock(look: Look) -> Body | None:
    """The goods that were agreed are held for the case until they go out."""
    return e.hold_stock(as_agreed(look)) if look.to in ("fulfilling", "collecting") else None


def ask_difference(look: Look) -> Body | None:
    """The SKU agreed is dearer: the buyer, who was told, is asked for the difference."""
    return e.ask_difference(look)


def return_difference(look: Look) -> Body | None:
    """The SKU agreed is cheaper: the difference goes back."""
    return e.return_difference(look) if look.to == "fulfilling" and proposal(look).get("offer") == "exchange" else None

"""The money of a dispute, in the transaction of its decision (DI-6 … DI-8, CO-2, MO-1, MO-4): a refund on its lines, awards beside it, an advance recovered, and all of it taken back on appeal.

What was given stays with the case as facts, so that taking back needs to read nothing of the ledger: `ledger_cost` (what each purse gave of the refund), `awards` (each compensation with what
each purse gave), `award_left` (awards taken back that the buyer has and that count for the next), `recovered` (what was taken from the merchant for an advance), `given` (what the step gave).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from amends.core import movements as m
from amends.core.actor import Party
from amends.core.commands import verb
from amends.core.effects_dispute import JUDGING, executes_now, gives_now, out_now, refund_now, remedy_of, takes_back
from amends.core.judged import awards, bearers, freight_bearer
from amends.core.machine import Decision, Look
from amends.core.money import share
from amends.core.order_awards import way_of
from amends.core.rules_awards import as_left, section
from amends.core.rules_dispute import total
from amends.core.told import Key
from amends.engine.bookkeeping import COST
from amends.engine.disputed import room_by_line
from amends.engine.ids import new_id

if TYPE_CHECKING:
    from amends.engine.beside import Beside

SOURCES = {"merchant_deposit": "deposit", "merchant_settlement": "merchant"}
"""Where an advance is recovered from, the deposit first (CO-2)."""


def carry(beside: Beside, look: Look, decision: Decision) -> None:
    """Everything of money that a decision of a dispute leaves beside it: first what an upheld appeal takes back, then what is given, then what is recovered."""
    if takes_back(look):
        _take_back(beside, look, decision)
    if remedy := gives_now(look):
        _refund(beside, look, decision, remedy)
        _award(beside, look, decision, remedy)
    if executes_now(look) and remedy_of(look).get("advance"):
        _recover(beside, look, decision)
    if look.to == "adjudicated" and verb(look.command) in JUDGING:
        _count(beside, look, decision)


def _refund(beside: Beside, look: Look, decision: Decision, remedy: dict[str, Any]) -> None:
    """The refund spread over the lines in dispute by what each can still give back; whoever is at fault bears it, and the way out whoever the judgement names."""
    amount, case = refund_now(look), look.case
    if not amount:
        return
    room, out = room_by_line(case, beside.facts.money), out_now(look)
    if out and None in room:
        room[None] -= out
    by_line = {line: part for line, part in zip(room, share(amount - out, list(room.values())), strict=True) if part}
    judged = {"whole": sum(by_line.values()), "freight": by_line.get(None, 0)}
    if out:
        by_line[None] = by_line.get(None, 0) + out
    for line, part in by_line.items():
        beside.add(look, "grant_refunds", id=new_id(), case_id=case.id, order_id=case.order_id, line_id=line, quantity=0, amount_minor=part, currency=case.currency)
        beside.facts.money.grant((case.order_id, case.id, line, 0, part))
    decision.changes["refund_lines"] = {line or "freight": part for line, part in by_line.items()}
    fault, advance, percent = str(remedy.get("fault") or remedy["liability"]), bool(remedy.get("advance")), section(look).shared_percent
    whole, freight = (bearers(part, fault, advance=advance, merchants_percent=percent) for part in judged.values())
    goods = {payer: part - freight.get(payer, 0) for payer, part in whole.items()}
    if out:
        freight[freight_bearer(remedy)] = freight.get(freight_bearer(remedy), 0) + out
    beside.book.judged(look, decision, m.judged_refund(goods, freight, case.currency), {"lines": {line: part for line, part in by_line.items() if line}})


def _award(beside: Beside, look: Look, decision: Decision, remedy: dict[str, Any]) -> None:
    """Compensation and the way back: to be paid to the buyer beside the refund, less what an award taken back has left there."""
    case, given = look.case, list(decision.changes.get("awards", look.case.body.get("awards") or ()))
    left = int(decision.changes.get("award_left", case.body.get("award_left") or 0))
    for what, amount, by in awards(as_left(look, remedy), section(look).shared_percent):
        award, kept = str(uuid5(UUID(case.id), f"award {case.version + 1} {what}")), min(left, amount)
        left, way = left - kept, {"way": way_of(remedy)} if what == "freight" and way_of(remedy) else {}
        movement = m.judged_award(by, case.currency)
        beside.book.awarded(look, movement, award, {"what": what})
        request = uuid5(UUID(award), "payout")
        beside.add(
            look, "award_judgements", id=award, request=request, key=str(Key(UUID(case.merchant_id), request, 1)), send=uuid5(request, "send 1"), case_id=case.id, order_id=case.order_id,
            buyer_id=case.buyer_id, amount_minor=amount, send_minor=amount - kept, currency=case.currency, reason=what, year=look.now.year,
            decided_by=look.actor.id, decided_name=look.actor.name, decided_kind=_decided_kind(look), explanation=_why(beside, look, what, by, kept),
        )
        given.append({"id": award, "what": what, "amount": amount, "send": amount - kept, "cost": _cost(movement), **way})
    if given or case.body.get("awards"):
        decision.changes |= {"awards": given, "award_left": left}


def _cost(movement: Any) -> dict[str, int]:
    return {account: amount for account, amount in movement.cost().items() if account != "compensation"}


def _decided_kind(look: Look) -> str:
    return {Party.MERCHANT: "merchant", Party.PLATFORM: "platform"}.get(look.actor.side, "system")


def _why(beside: Beside, look: Look, what: str, by: dict[str, int], kept: int) -> dict[str, Any]:
    pack = beside.facts.clocks_of(look.case).pack
    return {"rule": "DI-6", "pack": pack.id, "version": pack.version, "dispute": look.case.number, "what": what, "by": by, **({"kept": kept} if kept else {})}


def _recover(beside: Beside, look: Look, decision: Decision) -> None:
    """What the platform paid first, from the deposit as far as it is held, the rest from the settlement; never more than is still open of it, and never twice (CO-2)."""
    case, facts = look.case, beside.facts
    if case.body.get("recovered"):
        return
    advanced = -int((case.body.get(COST) or {}).get("platform_advance", 0)) - sum(int(a["cost"].get("platform_advance", 0)) for a in case.body.get("awards") or ())
    held = facts.purses.setdefault(case.currency, {})
    amount, taken = min(advanced, max(0, -held.get("platform_advance", 0))), dict[str, int]()
    for account, source in SOURCES.items():
        part = min(amount, max(0, held.get(account, 0))) if source == "deposit" else amount
        if part > 0:
            about = f"{case.id}:{case.version + 1}:{source}"
            beside.book.moves(look, m.advance_recovered(part, advanced, case.currency, source=source), about)
            taken[account], amount = part, amount - part
            held[account] = held.get(account, 0) - part
            held["platform_advance"] = held.get("platform_advance", 0) + part
    decision.changes["recovered"] = taken


def _take_back(beside: Beside, look: Look, decision: Decision) -> None:
    """DI-8: every purse is as if the judgement had never been. What has reached the buyer is left there and counts for what is given next."""
    case = look.case
    for account, amount in (case.body.get("recovered") or {}).items():
        beside.book.moves(look, m.advance_given_back(amount, case.currency, to=SOURCES[account]), f"{case.id}:{case.version + 1}:{SOURCES[account]}")
    if case.body.get("recovered"):
        decision.changes["recovered"] = {}
    if case.granted:
        beside.reverse(look, decision)
    left, freight = int(case.body.get("award_left") or 0), int(case.body.get("freight_reversed") or 0)
    by_way = dict(case.body.get("freight_reversed_by") or ({"": freight} if freight else {}))
    known = beside.facts.awards.get(case.id, {})
    for award in case.body.get("awards") or ():
        paid = known.get(award["id"], ("moved", ""))[0] == "moved"
        kept = award["amount"] if paid else award["amount"] - award["send"]
        left += kept
        if award["what"] == "freight":
            freight, by_way[award.get("way", "")] = freight + kept, by_way.get(award.get("way", ""), 0) + kept
        beside.book.awarded(look, m.award_taken_back(award["cost"], case.currency, paid=paid), award["id"], {"what": award["what"]})
        beside.add(look, "take_back_awards", id=award["id"], state="reversed" if paid else "dropped")
    if case.body.get("awards"):
        decision.changes |= {"awards": [], "award_left": left, "freight_reversed": freight, "freight_reversed_by": by_way}


def _count(beside: Beside, look: Look, decision: Decision) -> None:
    """A judgement that stands counts, and the one it replaces no more (DI-7, DI-8)."""
    judged, case = decision.changes["judgement"], look.case
    beside.add(
        look, "add_judgements", case_id=case.id, n=judged["n"], liability=judged["liability"], outcome=judged["outcome"], scenario=case.type, given_minor=total(judged), currency=case.currency,
        on_appeal=bool(judged.get("on_appeal")),
    )

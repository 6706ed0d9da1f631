"""Builders of the ledger's movements (MO-4): pure, balanced by construction, refusals as data. Amounts are positive minor units.

What each carries from where to where is said in `core.ledger.KINDS`; the sign rule stands at the head of `core.ledger`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from amends.core.ledger import PAYERS, Line, Movement, account_of, provider_account
from amends.core.refusal import Refusal

OWED = {"late_shipment": "compensation", "price_protection": "compensation", "return_freight": "compensation", "goodwill": "goodwill", "advance": "compensation", "judgement": "compensation"}
"""What is paid beside a refund (CO-1 … CO-5), and the account that holds it between being decided and being paid."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A refund as decided: what reaches the buyer for goods and for the way out, who bears that freight, and what was kept for the way back."""

    goods: int
    freight: int = 0
    freight_payer: str = "merchant"
    kept: int = 0


def refund_granted(refund: Granted, currency: str) -> Movement | Refusal:
    """Money decided (SO-35). The goods at the merchant's cost; freight at the cost of who is responsible; kept freight is the merchant's money too, only not the buyer's."""
    if refund.goods < 0 or refund.freight < 0 or refund.kept < 0 or refund.goods + refund.freight == 0:
        return _not_an_amount(refund.goods + refund.freight)
    if refund.freight_payer not in PAYERS:
        return _unknown(refund.freight_payer)
    return _movement("refund_granted", currency, [
        Line("merchant_settlement", -(refund.goods + refund.kept), "goods"), Line(PAYERS[refund.freight_payer], -refund.freight, "freight_out"),
        Line("freight", refund.kept, "freight_kept"), Line("buyer_refund", refund.goods + refund.freight, "refund"),
    ])


def judged_refund(goods: Mapping[str, int], freight: Mapping[str, int], currency: str) -> Movement | Refusal:
    """A refund that was judged (DI-6): payer of `PAYERS` → minor units, for the goods and for the way out. The fault says who bears it, not the contract of sale."""
    if unknown := [payer for payer in (*goods, *freight) if payer not in PAYERS]:
        return _unknown(unknown[0])
    total = sum(goods.values()) + sum(freight.values())
    if total <= 0:
        return _not_an_amount(total)
    lines = [Line(PAYERS[payer], -amount, part) for part, by in (("goods", goods), ("freight_out", freight)) for payer, amount in by.items()]
    return _movement("refund_granted", currency, [*lines, Line("buyer_refund", total, "refund")])


def judged_award(by: Mapping[str, int], currency: str) -> Movement | Refusal:
    """What a judgement gives beside the refund (DI-6): payer of `PAYERS` → minor units."""
    if unknown := [payer for payer in by if payer not in PAYERS]:
        return _unknown(unknown[0])
    total = sum(by.values())
    return _movement("judgement_granted", currency, [*(Line(PAYERS[payer], -amount) for payer, amount in by.items()), Line("compensation", total)]) if total > 0 else _not_an_amount(total)


def award_taken_back(cost: Mapping[str, int], currency: str, *, paid: bool) -> Movement | Refusal:
    """What a judgement gave beside the refund goes back to whoever bore it (DI-8). `cost` as `Movement.cost` tells it. Paid already: left with the buyer, the account is below zero by it."""
    given = {account: amount for account, amount in cost.items() if account != "compensation"}
    total = -sum(given.values())
    if total <= 0:
        return Refusal("ledger_nothing_granted")
    return _movement("judgement_reversed" if paid else "judgement_dropped", currency, [*(Line(account, -amount) for account, amount in given.items()), Line("compensation", -total)])


def refund_moved(amount: int, provider: str, currency: str) -> Movement | Refusal:
    """The money of one refund request has left through its provider, or finance's hands (`manual`)."""
    return _carry("refund_moved", amount, currency, "buyer_refund", provider_account(provider), "refund")


def refund_reversed(cost: Mapping[str, int], currency: str) -> Movement | Refusal:
    """冲正 (SO-36): everything granted goes back to where it came from. `cost` is what each purse gave, as `Movement.cost` tells it (below zero: gave).

    What had moved already stays with the buyer: `buyer_refund` is below zero by that until something is granted again.
    """
    if sum(cost.values()) >= 0:
        return Refusal("ledger_nothing_granted")
    if unknown := [account for account in cost if account_of(account) is None]:
        return _unknown(unknown[0])
    return _movement("refund_reversed", currency, [*(Line(account, -given, "refund") for account, given in cost.items()), Line("buyer_refund", sum(cost.values()), "refund")])


def difference_charged(amount: int, currency: str) -> Movement | Refusal:
    """An exchange to dearer goods: the buyer owes the merchant the difference."""
    return _carry("difference_charged", amount, currency, "buyer_charge", "merchant_settlement", "difference")


def difference_paid(amount: int, provider: str, currency: str) -> Movement | Refusal:
    """The buyer has paid the difference through a provider."""
    return _carry("difference_paid", amount, currency, provider_account(provider), "buyer_charge", "difference")


def difference_dropped(amount: int, currency: str) -> Movement | Refusal:
    """The exchange does not take place; what was charged and not paid is no longer owed."""
    return _carry("difference_dropped", amount, currency, "merchant_settlement", "buyer_charge", "difference")


def difference_refunded(amount: int, currency: str) -> Movement | Refusal:
    """An exchange to cheaper goods, or one that came to nothing after the difference was paid: owed to the buyer, then moved as any refund."""
    return _carry("difference_refunded", amount, currency, "merchant_settlement", "buyer_refund", "difference")


def lightning_advanced(amount: int, currency: str) -> Movement | Refusal:
    """A refund granted before the goods are there: the platform lays it out (SO-32)."""
    return _carry("lightning_advanced", amount, currency, "lightning_advance", "buyer_refund", "refund")


def lightning_borne(kind: str, amount: int, payer: str, currency: str) -> Movement | Refusal:
    """Somebody bears what was advanced: `kind` settled, waived or written_off, `payer` of `PAYERS`."""
    return _carry(f"lightning_{kind}", amount, currency, PAYERS[payer], "lightning_advance") if payer in PAYERS else _unknown(payer)


def lightning_came_back(amount: int, provider: str, currency: str) -> Movement | Refusal:
    """The buyer has paid back through a provider: until it is taken back it is the buyer's again."""
    return _carry("lightning_came_back", amount, currency, provider_account(provider), "buyer_refund", "refund")


def lightning_taken_back(amount: int, currency: str) -> Movement | Refusal:
    """What came back makes good the advance; so much less is granted."""
    return _carry("lightning_taken_back", amount, currency, "buyer_refund", "lightning_advance", "refund")


def compensation_granted(what: str, amount: int, payer: str, currency: str, insured: int = 0) -> Movement | Refusal:
    """Something beside a refund is decided: `what` of `OWED`, borne by `payer` of `PAYERS` (an advance always by the platform first, CO-2), as far as it is not `insured` (PO-7)."""
    first = max(0, min(insured, amount))
    if not first or PAYERS.get(payer) in (None, PAYERS["insurer"]):
        return _owed("granted", what, amount, "insurer" if first else payer, currency)
    if what not in OWED:
        return _unknown(what)
    return _movement(f"{what}_granted", currency, [Line(PAYERS["insurer"], -first), Line(PAYERS[payer], first - amount), Line(OWED[what], amount)])


def compensation_dropped(what: str, amount: int, payer: str, currency: str) -> Movement | Refusal:
    """What was decided and not paid is taken back."""
    return _owed("dropped", what, amount, payer, currency)


def _owed(ending: str, what: str, amount: int, payer: str, currency: str) -> Movement | Refusal:
    purse = PAYERS.get("advance" if what == "advance" else payer)
    if what not in OWED or purse is None:
        return _unknown(what if what not in OWED else payer)
    way = (purse, OWED[what]) if ending == "granted" else (OWED[what], purse)
    return _carry(f"{what}_{ending}", amount, currency, *way)


def compensation_paid(what: str, amount: int, provider: str, currency: str) -> Movement | Refusal:
    """What was decided beside a refund has reached the buyer through a provider."""
    if what not in OWED:
        return _unknown(what)
    return _carry(f"{what}_paid", amount, currency, OWED[what], provider_account(provider))


def advance_recovered(amount: int, advanced: int, currency: str, *, source: str = "deposit", held: int | None = None) -> Movement | Refusal:
    """The platform takes back what it paid first: from the deposit (`held` minor units there) or the settlement, never more than `advanced`."""
    if amount > advanced:
        return Refusal("ledger_advance_less", {"advanced": advanced, "asked": amount}, "amount")
    return _from_merchant("advance_recovered", amount, currency, "platform_advance", source, held)


def advance_given_back(amount: int, currency: str, *, to: str = "deposit") -> Movement | Refusal:
    """The merchant's appeal is upheld after the recovery: the money goes back to where it was taken (DI-8)."""
    return _carry("advance_given_back", amount, currency, "platform_advance", PAYERS[to]) if to in ("deposit", "merchant") else _unknown(to)


def penalty_charged(amount: int, currency: str, *, source: str = "deposit", held: int | None = None) -> Movement | Refusal:
    """违约金 from the deposit (`held` minor units there) or the settlement (QU-2)."""
    return _from_merchant("penalty_charged", amount, currency, "penalty", source, held)


def penalty_returned(amount: int, charged: int, currency: str, *, to: str = "deposit") -> Movement | Refusal:
    """A penalty is given back, after an appeal or a mistake; never more than the `charged` minor units that were taken and not returned."""
    if amount > charged:
        return Refusal("ledger_penalty_less", {"charged": charged, "asked": amount}, "amount")
    return _carry("penalty_returned", amount, currency, "penalty", PAYERS[to]) if to in ("deposit", "merchant") else _unknown(to)


def deposit_paid_in(amount: int, currency: str, *, source: str = "manual") -> Movement | Refusal:
    """保证金 paid in through a provider (by its name), or withheld from the settlement (`merchant`)."""
    return _carry("deposit_paid_in", amount, currency, PAYERS["merchant"] if source == "merchant" else provider_account(source), "merchant_deposit")


def deposit_taken(amount: int, currency: str, *, held: int | None = None) -> Movement | Refusal:
    """The deposit covers what the settlement lacks."""
    return _from_merchant("deposit_taken", amount, currency, "merchant_settlement", "deposit", held)


def deposit_returned(amount: int, currency: str, *, to: str = "manual", held: int | None = None) -> Movement | Refusal:
    """The deposit, or a part of it, goes back to the merchant through a provider."""
    return _from_merchant("deposit_returned", amount, currency, provider_account(to), "deposit", held)


def _from_merchant(kind: str, amount: int, currency: str, to: str, source: str, held: int | None) -> Movement | Refusal:
    """Out of the deposit, never below what it holds where that is known, or out of the settlement."""
    if source not in ("deposit", "merchant"):
        return _unknown(source)
    if source == "deposit" and held is not None and amount > held:
        return Refusal("ledger_deposit_short", {"held": held, "asked": amount}, "amount")
    return _carry(kind, amount, currency, PAYERS[source], to)


def _carry(kind: str, amount: int, currency: str, out_of: str, into: str, part: str = "") -> Movement | Refusal:
    return _not_an_amount(amount) if amount <= 0 else Movement(kind, currency, (Line(out_of, -amount, part), Line(into, amount, part)))


def _movement(kind: str, currency: str, lines: list[Line]) -> Movement:
    return Movement(kind, currency, tuple(line for line in lines if line.amount))


def _not_an_amount(amount: int) -> Refusal:
    return Refusal("ledger_amount_wrong", {"asked": amount}, "amount")


def _unknown(what: str) -> Refusal:
    return Refusal("ledger_purse_unknown", {"what": what})

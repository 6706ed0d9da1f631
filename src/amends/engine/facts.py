"""The facts that guards and effects may ask for, by command: which to read for a batch, and how they look to one case."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from amends.core.case import Case
from amends.core.commands import Command, verb
from amends.core.negotiation import agreed_amount, stand_in
from amends.core.price_difference import Priced, difference
from amends.core.refund import Entitlement
from amends.engine.awarded import Awarded
from amends.engine.deadlines import Deadlines, pack_opened_under
from amends.engine.disputed import AWARDS, BESIDE, DISPUTE_MONEY, PURSES, of_dispute
from amends.engine.entitlements import Money
from amends.engine.finding import brings
from amends.engine.finding import judged as judged_anew
from amends.engine.flows import facts_for
from amends.engine.rejudging import changed
from amends.engine.resuming import seconds_left
from amends.engine.shelves import Shelves
from amends.engine.ticketed import TICKET_AWARDS, TICKET_GIVEN, TICKET_MONEY, of_ticket
from amends.store.batch import Found, Needs

ADDRESSES = frozenset({"return_by_judgement", "propose", "accept_proposal", "approve_return", "run_out"})
STOCK = frozenset({"propose", "accept_proposal", "reissue_without_return", "reissue_offline", "exchange", "exchange_offline", "reissue", "ship_replacement", "change_application"})
MONEY = frozenset({
    "return_collected", "advance_refund", "propose", "accept_proposal", "refund_without_return", "refund", "refund_at_merchants_cost", "reverse_refund", "exchange", "difference_paid", "record_payment",
    "approve_cancellation", "approve_and_intercept", "follow_up_parcel", "force_refund", "reject_cancellation", "fast_refund", "interception_succeeded", "interception_failed",
    "order_shipped", "order_received",
    "refund_by_plan", "follow_up_by_plan", "end_by_judgement", "undo_judgement",
}) | DISPUTE_MONEY | TICKET_MONEY
FITS = frozenset({"improve_rating"})
GIVEN = frozenset({"assign"})
TRANSFERS = frozenset({"record_transfer", "refund_moved", "refund_failed", "retry_refund", "reverse_refund", "uphold_appeal", "confirm_judgement"})
PIECES = frozenset({"change_application", "return_by_judgement", "reship_by_judgement", "end_by_judgement", "undo_judgement"})
GOODS = frozenset({"change_application"})
CHARGES = frozenset({"difference_paid", "record_payment"})
PRICES = frozenset({"exchange", "accept_proposal"})
PROMISES = frozenset({"promise_stock"})
PROPOSALS = frozenset({"propose"})
REFUSALS = frozenset({"reject"})
ADVANCES = frozenset({"advance_refund", "run_out"})
_NONE: frozenset[str] = frozenset()
BY_HAND = "manual"
"""The provider behind which a person transfers (MO-5)."""


def needs_of(commands: Iterable[Command]) -> Needs:
    """What must be read for these commands."""
    needs = Needs()
    for command in {id(command): command for command in commands}.values():  # a strategy gives many cases one and the same
        name = verb(command)
        needs.addresses |= name in ADDRESSES
        needs.stock |= name in STOCK
        needs.money |= name in MONEY
        needs.rating |= name in FITS
        needs.requests |= name in TRANSFERS
        needs.staff |= name in GIVEN
        needs.pieces |= name in PIECES
        needs.goods |= name in GOODS or brings(command)
        needs.charges |= name in CHARGES
        needs.prices |= name in PRICES
        needs.refusals |= name in REFUSALS
        needs.awards |= name in AWARDS
        needs.purses |= name in PURSES
        needs.awarded |= name in BESIDE or name in TICKET_AWARDS
        needs.tickets |= name in TICKET_GIVEN
        if sku := getattr(command, "sku", ""):
            needs.skus.add(sku)
        if name == "bind_ticket" and (number := getattr(command, "number", "")):
            needs.numbers.add(number)
        needs.photos.update(p for p in getattr(command, "photos", ()) if isinstance(p, str))
    return needs


ALL = Needs(addresses=True, stock=True, money=True, rating=True, requests=True, charges=True)
"""Everything, for a screen that shows every button."""


class Facts:
    """The facts of a batch of one merchant. Stock and money are folded as decisions are made, so later commands see earlier ones."""

    def __init__(self, found: Found, now: datetime) -> None:
        self.now = now
        self.merchant = found.merchant
        self.tz, self.currency, self.settings = found.merchant.tz, found.merchant.currency, found.merchant.settings
        self._deadlines: dict[str, Deadlines] = {}
        self.addresses = {i: label for i, label, _ in found.addresses}
        self.store = found.store
        self.default_address = next((i for i, _, is_default in found.addresses if is_default), None)
        self.shelves = Shelves(found.stock, ((*hold[:5], datetime.fromisoformat(hold[5]) if hold[5] else None) for hold in found.holds))
        self.money = Money(found)
        self.rated: dict[str, datetime] = dict(found.ratings)
        self.requests: dict[str, dict[str, int]] = {}
        self.failed: set[str] = set()
        self.with_provider: set[str] = set()
        self.providers: dict[str, str] = {}
        for case, request, amount, state, provider in found.requests:
            self.requests.setdefault(case, {})[request] = amount
            self.providers[request] = provider
            if state == "failed":
                self.failed.add(request)
            if provider != BY_HAND:
                self.with_provider.add(request)
        self.awards: dict[str, dict[str, tuple[str, str]]] = {}
        """What judgements gave beside refunds and is not taken back, by dispute: compensation → state of its payout, provider."""
        for case, award, state, provider in found.awards:
            self.awards.setdefault(case, {})[award] = (state, provider)
        self.awarded = Awarded(found.awarded)
        self.purses: dict[str, dict[str, int]] = {}
        """Deposit and advances of the merchant by currency and account, held by this transaction; folded as advances are recovered (CO-2)."""
        for account, currency, balance in found.purses:
            self.purses.setdefault(currency, {})[account] = balance
        self.prices = {sku: Priced(price, currency) for sku, price, currency in found.prices}
        self.charges: dict[str, dict[str, int]] = {}
        for case, charge, amount, provider in found.charges:
            self.charges.setdefault(case, {})[charge] = amount
            self.providers[charge] = provider
        self.orders = {row[0]: order_of(row) for row in found.orders}
        self.photos = found.photos
        self.filed: dict[str, str] = {}
        """Photos that this batch has filed, by case: one photo belongs to one case (SO-1)."""
        self.staff: dict[str, str] = dict(found.staff)
        self.raising: dict[str, dict[str, Any]] = {}
        """Alerts about to be raised by words found, by case (KW-2)."""
        self.refused: dict[str, set[str]] = {}
        """Service orders that were refused, by the line they are about (PO-11)."""
        for line, case in found.refusals:
            self.refused.setdefault(line, set()).add(case)
        self.numbers = found.numbers
        self.goods = {row[0]: row for row in found.goods}
        self.compensated: dict[str, int] = {order: int(amount) for order, amount in found.compensated}
        self.opened = {row[0]: row[1:] for row in found.opened}
        """Service orders that tickets are bound to, by ticket: number, state, minor units granted, pieces received."""
        self.pieces: dict[str, dict[str, int]] = {}
        for line, case, held in found.pieces:
            self.pieces.setdefault(line, {})[case] = held

    def refuse(self, case: Case) -> None:
        """Count a refusal decided in this batch."""
        self.refused.setdefault(case.body.get("line_id", ""), set()).add(case.id)

    def clocks_of(self, case: Case) -> Deadlines:
        """The clocks of the pack version the case was opened under (07-policies)."""
        ref = pack_opened_under(case.body)
        found = self._deadlines.get(ref)
        if found is None:
            found = self._deadlines[ref] = Deadlines.of(self.merchant, ref)
        return found

    def of(self, case: Case, command: Command | None) -> dict[str, Any]:
        """What `core.machine.Look.facts` holds for this case and command."""
        entitled, pack = self.entitled(case, command), self.clocks_of(case).pack
        cap = most_for(case, entitled) if entitled else 0
        found = {
            "addresses": self.addresses, "default_address": self.default_address, "staff": self.staff, "failed": self.failed, "with_provider": self.with_provider,
            "deduct_offline": bool(self.settings.get("deduct_offline")), "stock": self.shelves.free_for(case.id), "held": self.shelves.held(case.id),
            "freight_by": "buyer" if case.body.get("fault", "buyer") == "buyer" else "merchant",
            "computed": _computed(case, command, entitled, cap), "cap": cap, "negotiation": pack.negotiation,
            "improve_until": self._improve_until(case) if self.rated else None, "not_solved_until": self._not_solved_until(case) if case.closed_at else None,
            "requests": self.requests.get(case.id, {}), "order": self.orders.get(case.order_id), "charges": self.charges.get(case.id, {}),
            "photos": frozenset(i for i, of_case, _ in self.photos if of_case in (None, case.id) and self.filed.get(i, case.id) == case.id) if self.photos else _NONE,
        }
        found |= facts_for(verb(command) if command is not None else "", case, pack, self.store)
        if case.kind == "dispute":
            found |= of_dispute(case, self)
        elif case.kind == "ticket":
            found |= of_ticket(self, case, command)
        found |= self._of_command(case, command, entitled)
        return found

    def _of_command(self, case: Case, command: Command | None, entitled: Entitlement | None) -> dict[str, Any]:
        """What only some commands ask for."""
        name = verb(command) if command is not None else ""
        if name == "raise_alert":
            return {"alert": self.raising.pop(case.id, None)}
        if name in PIECES:
            judged = changed(case, command, self.goods.get(case.id), self.clocks_of(case)) if name in GOODS else {}
            return self._application(case) | judged if case.kind == "service_order" else {"goods_free": self._goods_free(case)}
        if command is not None and case.kind == "service_order" and brings(command):
            return judged_anew(case, command, self.goods.get(case.id), self.clocks_of(case))
        if name in REFUSALS:
            return {"refused": len(self.refused.get(case.body.get("line_id", ""), set()) - {case.id})}
        if name in PRICES:
            return {"difference": self._difference(case, (stand_in(case.body, command, case.state) if command else None) or command, entitled)}
        if name in ADVANCES:
            return {"lightning": self._lightning(case)}
        if name in PROPOSALS:
            return {"left": seconds_left(self.clocks_of(case), case, self.now)}
        if name in PROMISES:
            began = case.body.get("promised_first")
            return {"promise_until": self.clocks_of(case).arm("promise", case.type, datetime.fromisoformat(began) if began else self.now, case.body.get("region", "")).due_at}
        return {}

    def _difference(self, case: Case, command: Any, entitled: Entitlement | None) -> int:
        """What the SKU typed costs more or less; what goes back is never more than is left of what was paid (MO-1)."""
        order, line = self.money.order(case.order_id), case.body.get("line_id", "")
        of_line = next((x for x in order.lines if x.id == line), None) if order is not None else None
        if order is None or of_line is None or not getattr(command, "sku", ""):
            return 0
        pieces = command.quantity or case.quantity
        more = difference(self.prices.get(case.sku), self.prices.get(command.sku), pieces, order.paid_by_line()[line], of_line.price)
        if self.prices.get(command.sku, Priced(0, case.currency)).currency != case.currency:
            return 0
        return more if more >= 0 else -min(-more, entitled.cap.amount if entitled else 0, entitled.room.get(line, 0) if entitled else 0)

    def _lightning(self, case: Case) -> dict[str, Any]:
        """What a lightning refund depends on besides case and order (SO-32)."""
        pack, order = self.clocks_of(case).pack, self.money.order(case.order_id)
        leaf = pack.leaves.get((case.type, case.reason))
        return {
            "section": pack.lightning_refund, "pack": pack.id, "version": pack.version, "no_reason": bool(leaf and leaf[0].no_reason),
            "merchant_on": bool(self.settings.get("lightning_refund")), "platform_on": bool(self.settings.get("lightning_by_platform")),
            "line_paid": order.paid_by_line().get(case.body.get("line_id", ""), 0) if order is not None else 0,
        }

    def _application(self, case: Case) -> dict[str, Any]:
        """What an application may be changed to: pieces that no other service order holds (SO-3), reasons of the type (SO-27)."""
        others = sum(held for other, held in self.pieces.get(case.body.get("line_id", ""), {}).items() if other != case.id)
        reasons = {code: leaf for (type_, code), (leaf, _) in self.clocks_of(case).pack.leaves.items() if type_ == case.type}
        return {
            "pieces_left": case.body.get("line_quantity", case.quantity) - others,
            "reasons": {code: {"fault": leaf.responsibility, "reason_zh": leaf.zh, "reason_en": leaf.en} for code, leaf in reasons.items()},
        }

    def _goods_free(self, case: Case) -> bool:
        """Whether all pieces of a cancellation are on their order, and on no service order."""
        order = self.money.order(case.order_id)
        there = {line.id: line.quantity for line in order.lines} if order is not None else {}
        return all(sum(self.pieces.get(x["line_id"], {}).values()) + x["quantity"] <= there.get(x["line_id"], 0) for x in case.body.get("lines", ()))

    def entitled(self, case: Case, command: Command | None) -> Entitlement | None:
        """MO-1 for this case, with the freight the command names; None where nothing can be given."""
        if not self.money.orders or case.kind in ("dispute", "ticket"):
            return None
        if case.kind == "cancellation":
            whole = self.money.cancelled(case)
            return whole if isinstance(whole, Entitlement) else None
        found = self.money.entitled(case, case.body.get("line_id", ""), freight_out=getattr(command, "freight", None), pack=self.clocks_of(case).pack)
        return found if isinstance(found, Entitlement) else None

    def _not_solved_until(self, case: Case) -> datetime | None:
        """Until when the buyer may say that an ended case is not solved (SO-30); None while it is open."""
        return self.clocks_of(case).arm("not_solved", case.type, case.closed_at, case.body.get("region", "")).due_at if case.closed_at else None

    def _improve_until(self, case: Case) -> Any:
        rated = self.rated.get(case.id)
        return self.clocks_of(case).arm("improve_rating", case.type, rated, case.body.get("region", "")).due_at if rated else None


def order_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """What rules look at of an order (`core.rules_cancel`), from a row of `store/batch.py`."""
    state, shipped, delivered, received, platform_delivery, waybills, buyer_level = row[4:11]
    return {
        "state": state, "shipped": shipped or state in ("shipped", "delivered", "received", "completed"), "delivered": delivered or state == "delivered",
        "received": received or state in ("received", "completed"), "platform_delivery": platform_delivery, "waybills": waybills or {}, "paid": row[3], "buyer_level": buyer_level,
    }


def _computed(case: Case, command: Command | None, entitled: Entitlement | None, cap: int) -> int:
    """MO-1's figure; for goods that came back under an agreement, what was agreed (SO-28)."""
    agreed = agreed_amount(case.body, case.quantity, case.granted, cap) if command is None or verb(command) in ("refund", "refund_at_merchants_cost", "advance_refund") else None
    return agreed if agreed is not None else entitled.total.amount if entitled else 0


def most_for(case: Case, entitled: Entitlement) -> int:
    """The wall no permission opens: captured and not given back, and once goods were registered nothing beyond what arrived (SO-15)."""
    received, cap = case.body.get("received"), entitled.cap.amount
    if received is None or received >= case.quantity:
        return cap
    arrived = sum(p.amount for p in entitled.parts if p.label in ("paid", "earlier"))
    return min(cap, max(0, arrived) + entitled.room.get(None, 0))

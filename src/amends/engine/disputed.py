"""What a dispute's decisions look at of its order's money (DI-6, MO-1): what can still be given back of what is in dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.core.case import Case
from amends.core.ledger import MANUAL
from amends.engine.entitlements import Money

if TYPE_CHECKING:
    from amends.engine.facts import Facts

DISPUTE_MONEY = frozenset({
    "settle_by_refund", "settle_by_interception", "offer_settlement", "accept_settlement", "adjudicate", "confirm_judgement", "uphold_appeal", "carry_out_judgement", "run_out",
})
"""Commands of a dispute that look at the order's money; running out reads it with the clocks it is taken for."""
AWARDS = frozenset({"uphold_appeal", "confirm_judgement"})
"""Commands that may take a judgement back, and so look at what it gave beside the refund."""
BESIDE = frozenset({"offer_settlement", "accept_settlement", "adjudicate", "confirm_judgement", "uphold_appeal", "carry_out_judgement"})
"""Commands that may give something beside refunds, and so look at what else of the order has; running out reads it with the clocks it is taken for."""
PURSES = frozenset({"carry_out_judgement"})
"""Commands that may recover an advance, and so look at what the deposit holds; the clock of carrying out reads it too."""


def lines_of(case: Case) -> list[str]:
    """The order lines in dispute; none named: all of the order."""
    return [str(line["line_id"]) for line in case.body.get("lines") or ()]


def room_by_line(case: Case, money: Money, *, out: bool = False) -> dict[str | None, int]:
    """What can still be given back: line → minor units, None for the freight paid (with `out` also where only some lines are in dispute). What a dispute granted itself counts as free: a new judgement takes it back
    first. What a ticket granted stays given."""
    order = money.order(case.order_id)
    if order is None:
        return {}
    chosen, paid = lines_of(case), order.paid_by_line()
    gone: dict[str | None, int] = {}
    for _, by, line, _, amount in money.grants.get(case.order_id, ()):
        if by != case.id or case.kind != "dispute":
            gone[line] = gone.get(line, 0) + amount
    room: dict[str | None, int] = {line.id: max(0, paid[line.id] - gone.get(line.id, 0)) for line in order.lines if not chosen or line.id in chosen}
    if out or not chosen:
        room[None] = max(0, order.freight - gone.get(None, 0))
    captured = sum(p.captured for p in order.payments) - sum(gone.values())
    return _within(room, captured)


def _within(room: dict[str | None, int], most: int) -> dict[str | None, int]:
    """Never more than came in and was not given back, whatever the lines say."""
    out: dict[str | None, int] = {}
    for line, amount in room.items():
        out[line] = max(0, min(amount, most))
        most -= out[line]
    return out


def paid_for(case: Case, money: Money) -> int:
    """What was paid for what is in dispute, in minor units."""
    order = money.order(case.order_id)
    if order is None:
        return 0
    chosen, paid = lines_of(case), order.paid_by_line()
    return sum(amount for line, amount in paid.items() if not chosen or line in chosen) + (0 if chosen else order.freight)


def goods_paid(case: Case, money: Money) -> int:
    """What was paid for the goods in dispute, piece by piece and rounded up, in minor units: what they are worth where they go out anew (DI-6)."""
    order = money.order(case.order_id)
    if order is None:
        return 0
    paid, whole = order.paid_by_line(), {line.id: line.quantity for line in order.lines}
    pieces = {str(line["line_id"]): int(line.get("quantity") or 0) for line in case.body.get("lines") or ()} or whole
    return sum(-(-paid[line] * min(n or whole[line], whole[line]) // whole[line]) for line, n in pieces.items() if line in paid)


def order_paid(case: Case, money: Money) -> int:
    """What was paid for the whole order, in minor units: the cap of compensation counts over all its disputes."""
    order = money.order(case.order_id)
    return sum(order.paid_by_line().values()) + order.freight if order is not None else 0


def of_dispute(case: Case, facts: Facts) -> dict[str, Any]:
    """The facts of `core.rules_dispute`."""
    clocks, money = facts.clocks_of(case), facts.money
    returning, with_out = clocks.pack.compensation.return_freight, room_by_line(case, money, out=True)
    return {
        "disputes": clocks.pack.disputes, "appeal_until": clocks.arm("appeal", case.type, facts.now, case.body.get("region", "")).due_at.isoformat(),
        "room": sum(room_by_line(case, money).values()), "room_out": with_out.get(None, 0), "room_all": sum(with_out.values()), "paid": paid_for(case, money), "goods_paid": goods_paid(case, money), "order_paid": order_paid(case, money), "under_way": _under_way(case, facts), **facts.awarded.of(case, _lines(case, money)),
        "freight_most": next((limit.most for limit in returning.limits if limit.currency == case.currency), None),
    }


def _lines(case: Case, money: Money) -> list[str]:
    order = money.order(case.order_id)
    return [line.id for line in order.lines] if order is not None else []


def _under_way(case: Case, facts: Facts) -> list[str]:
    """What a provider was asked for and has not answered: it may move at any moment. What waits for finance, or has failed, can be cancelled."""
    refunds = set(facts.requests.get(case.id, ())) & facts.with_provider - facts.failed
    payouts = {award for award, (state, provider) in facts.awards.get(case.id, {}).items() if state == "requested" and provider != MANUAL}
    return sorted(refunds | payouts)

"""The people of the tests: one of each party, and the case they meet over."""

from datetime import UTC, datetime

from amends.core.actor import ALL, PROVIDER_ACTOR, SYSTEM, Actor, Party
from amends.core.case import Case
from amends.core.pack_negotiation import Negotiation

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LIN = Actor(Party.BUYER, "buyer-lin", "小林")
HAI = Actor(Party.MERCHANT, "staff-hai", "阿海", "merchant-1", ALL)
XIA = Actor(Party.MERCHANT, "staff-xia", "知夏", "merchant-1", ALL)
NEW = Actor(Party.MERCHANT, "staff-new", "新人", "merchant-1")
ARBITER = Actor(Party.PLATFORM, "arbiter", "法官", None, ALL)
CARRIER = Actor(Party.CARRIER, "carrier", "承运商")
PARTIES = {Party.BUYER: LIN, Party.MERCHANT: HAI, Party.PLATFORM: ARBITER, Party.CARRIER: CARRIER, Party.CLOCK: SYSTEM, Party.PROVIDER: PROVIDER_ACTOR}


def service_order(state: str = "reviewing", **changed: object) -> Case:
    """A return of one cup for ¥199.00, paid in full."""
    case = Case("case-1", "merchant-1", "service_order", "S-2026-000001", state, 1, NOON, "return", "return", "quality_leak", "order-1", "buyer-lin", "CUP")
    for name, value in changed.items():
        setattr(case, name, value)
    return case


def cancellation(state: str = "reviewing", **changed: object) -> Case:
    """A cancellation of a whole order of one cup for ¥199.00."""
    case = service_order(state, kind="cancellation", number="C-2026-000001", type="whole", expectation="refund")
    case.body["lines"] = [{"line_id": "line-1", "quantity": 1}]
    for name, value in changed.items():
        setattr(case, name, value)
    return case


def facts(**changed: object) -> dict[str, object]:
    """What the store would gather: one address, ten cups, ¥199.00 to give back, one refund of ¥1.00 to transfer."""
    return {"addresses": {"a1": "廊坊一仓"}, "default_address": "a1", "stock": {"CUP": 10}, "computed": 19900, "cap": 19900, "requests": {"r1": 100}, "staff": {"有效内容": "知夏"}, "negotiation": Negotiation(at_most=3), **changed}

"""Who applies: the buyer, or staff of the merchant on the buyer's behalf (SO-4). The three steps are the same for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from amends.core.actor import Actor
from amends.core.pack import Pack
from amends.engine.deadlines import pack_of
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web.buyer import visit as visits
from amends.web.rights import may

STAFF_ADDRESS, BUYER_ADDRESS = "merchant-apply", "buyer-apply"


@dataclass(slots=True)
class Applicant:
    """`key` owns the draft; `address` names the steps; `override`: may go against the rules (ST-057)."""

    merchant_id: str
    key: str
    actor: Actor
    order: screen.Order
    address: str
    back: str
    pack: Pack
    override: bool = False
    staff: bool = False

    def url(self, step: str) -> str:
        """The address of a step."""
        return str(reverse(self.address, args=[self.order.number, step]))


def buyer(request: Any, number: str, address: str = BUYER_ADDRESS) -> Applicant | None:
    """The buyer of this visit; None for an order that is not there or somebody else's."""
    visit = visits.enter(request)
    if visit is None:
        return None
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        order = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if order is None:
        return None
    back = reverse("buyer-order", args=[order.number])
    return Applicant(visit.merchant_id, f"buyer:{visit.buyer_id}", request.buyer.actor(), order, address, back, visit.pack)


def staff(request: Any, number: str, address: str = STAFF_ADDRESS) -> Applicant | None:
    """A person of the merchant; None for an order the merchant does not have."""
    person = request.person
    request.zone = ZoneInfo(person.timezone)
    with scope(request.house.pool, UUID(person.merchant_id)) as conn:
        order, shop = screen.order(conn, person.merchant_id, None, number), screen.shop(conn, person.merchant_id)
    if order is None or shop is None:
        return None
    override = may(person, "eligibility_override")
    return Applicant(person.merchant_id, person.id, person.actor(), order, address, reverse("order", args=[order.id]), pack_of(shop.pack), override, True)


def number_of(request: Any, merchant_id: str, case_id: str) -> str:
    """The number that people see of a case that is known to be there."""
    with scope(request.house.pool, UUID(merchant_id)) as conn:
        return screen.number_of(conn, merchant_id, case_id)

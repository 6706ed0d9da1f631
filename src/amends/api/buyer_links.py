"""A signed link for the buyer of an order: the shop puts it into its own pages and messages, and no account is needed (UI-4)."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from amends.api.application_shapes import BuyerLink
from amends.api.door import Call, Refused, Reply
from amends.core.refusal import Refusal
from amends.engine.buyers import LINK_LIVES, make_link
from amends.store.screens import order_book


def link(call: Call, id: UUID) -> Reply:
    """GET the address to send to this order's buyer. Whoever holds it acts as the buyer, so the key needs leave to."""
    call.needs("speak_for_buyer")
    call.known_queries()
    merchant = call.merchant()
    found = order_book.one(call.house.pool, merchant, str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    order = found[0]
    token = make_link(call.house, merchant, order["buyer_id"], call.now, LINK_LIVES, order["receiver"] or "")
    path = f"{reverse('buyer-in', args=[token])}?{urlencode({'order': order['number']})}"
    return Reply(BuyerLink(call.request.build_absolute_uri(path), call.now + LINK_LIVES))

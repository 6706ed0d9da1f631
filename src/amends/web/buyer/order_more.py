"""What the buyer's page of an order shows besides after-sales: changing it, hurrying it, the balance of a pre-sale (OR-7, OR-9, OR-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine import balances, order_changes, urges
from amends.engine.deadlines import pack_of
from amends.engine.ids import new_id
from amends.engine.order_changes import Begun
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.store.screens import order_work
from amends.web import show
from amends.web.buyer import visit as visits
from amends.web.buyer.act import told
from amends.web.catalogue import say


def card(request: Any, visit: visits.Visit, order: screen.Order, refusal: Refusal | None = None) -> dict[str, Any]:
    """The context of buyer/order_more.html; `refusal`: why it could not be hurried."""
    pool, merchant = request.house.pool, visit.merchant_id
    with scope(pool, UUID(merchant)) as conn:
        said, balance = order_work.urges_of(conn, merchant, order.id), order_work.balance_of(conn, merchant, order.id)
    if balance is not None:
        balances.read_reminders(pool, merchant, order.id, request.now)
    open_ = order_changes.open_change(pool, merchant, order.id, visit.buyer_id, request.now)
    again = urges.again_at(said[0].at, pack_of(visit.shop.pack).order_desk.urge_every) if said else None
    return {
        "change_until": visits.latest(open_.until, request) if isinstance(open_, Begun) else "", "may_change": open_ is None,
        "urged": said, "may_urge": order.state in urges.HURRIED and (again is None or again <= request.now), "urge_again": visits.latest(again, request) if again and again > request.now else "",
        "urge_refused": told(refusal, request) if refusal else "", "urge_typed": request.POST.get("words", "") if refusal else "", "urge_id": new_id(),
        "balance": balance if balance is not None and order.state == "pending_payment" else None, "balance_at": visits.latest(balance.due_at, request) if balance else "",
        "done_words": _done(request, order),
    }


def _done(request: Any, order: screen.Order) -> str:
    done, lang = request.GET.get("done", ""), request.lang
    if done == "changed":
        for name in ("back", "due"):
            amount = request.GET.get(name, "")
            if amount.isascii() and amount.isdigit() and len(amount) < 16:
                return say(lang, f"order_change.done_{name}", amount=show.money(int(amount), order.currency))
        return say(lang, "order_change.done")
    return say(lang, f"order_change.done_{done}") if done in ("given_up", "urged") else ""

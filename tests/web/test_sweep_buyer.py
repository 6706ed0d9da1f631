"""Every page of the buyer: its words in both languages, and a glance at each on a phone, in English, dark (UI-4, UI-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from amends.engine import buyers
from amends.store.connect import PLATFORM, scope
from tests.web.sweep import PHONE, Seen, furnished
from tests.web.sweep_words import glance, words

__all__ = ["furnished"]

STATES = {
    "service_order": ("reviewing", "awaiting_buyer", "awaiting_return", "in_transit", "processing", "confirming", "fulfilling", "awaiting_delivery", "negotiating", "collecting", "claiming_back", "rejected", "withdrawn", "completed"),
    "cancellation": ("reviewing", "intercepting", "logistics_follow_up", "refunding", "refunded", "rejected", "withdrawn"),
    "dispute": ("awaiting_merchant", "awaiting_buyer_confirmation", "awaiting_evidence", "awaiting_adjudication", "adjudicated", "appealing", "settled", "withdrawn", "closed"),
    "ticket": ("awaiting_merchant", "awaiting_other_side", "transferred", "resolved", "closed"),
}
ORDERS = ("pending_payment", "preparing", "shipped", "received", "cancelled")
CASES = {f"{kind}-{state}": (f"{kind}_{state}", "/b/tickets/{number}" if kind == "ticket" else "/b/cases/{number}") for kind, states in STATES.items() for state in states}
ACTS = {
    "talk": ("service_order_reviewing", "/b/cases/{number}/say"), "change": ("service_order_reviewing", "/b/cases/{number}/change_application"), "withdraw": ("service_order_reviewing", "/b/cases/{number}/withdraw"),
    "answer": ("service_order_awaiting_buyer", "/b/cases/{number}/answer"), "ship-back": ("service_order_awaiting_return", "/b/cases/{number}/ship_back"),
    "drop-off": ("service_order_awaiting_return", "/b/cases/{number}/drop_off"), "pick-up": ("service_order_awaiting_return", "/b/cases/{number}/book_pickup"),
    "correct-waybill": ("service_order_in_transit", "/b/cases/{number}/correct_waybill"), "decline": ("service_order_confirming", "/b/cases/{number}/decline"),
    "decline-proposal": ("service_order_negotiating", "/b/cases/{number}/decline_proposal"), "dossier": ("service_order_completed", "/b/cases/{number}/dossier"),
    "file-evidence": ("dispute_awaiting_evidence", "/b/cases/{number}/add_evidence"), "refuse": ("dispute_awaiting_buyer_confirmation", "/b/cases/{number}/refuse_settlement"),
    "appeal": ("dispute_adjudicated", "/b/cases/{number}/appeal"), "withdraw-dispute": ("dispute_awaiting_merchant", "/b/cases/{number}/withdraw_dispute"),
    "home": ("service_order_reviewing", "/b/"), "rules": ("service_order_reviewing", "/b/rules"), "missing": ("service_order_reviewing", "/b/find"),
    "apply": ("order_received", "/b/orders/{number}/apply/what"), "cancel": ("order_shipped", "/b/orders/{number}/cancel"), "price": ("order_received", "/b/orders/{number}/price"),
    "ticket-new": ("order_received", "/b/orders/{number}/ticket"), "dispute-new": ("order_received", "/b/orders/{number}/dispute"),
}
PAGES = CASES | {f"order-{state}": (f"order_{state}", "/b/orders/{number}") for state in ORDERS} | ACTS
GLANCED = (
    "home", "rules", "missing", "order-received", "order-shipped", "order-pending_payment", "apply", "cancel", "price", "ticket-new", "dispute-new", "service_order-reviewing", "service_order-awaiting_return",
    "service_order-negotiating", "service_order-completed", "cancellation-logistics_follow_up", "dispute-adjudicated", "dispute-awaiting_buyer_confirmation", "ticket-awaiting_other_side",
    "talk", "change", "pick-up", "file-evidence", "appeal", "dossier",
)
"""One page of every layout."""
Place = tuple[str, str, str]
"""Number, merchant and buyer of an order or a case."""


@pytest.fixture(scope="module")
def places(furnished: Seen) -> dict[str, Place]:
    """One case of every kind and state and one order of every state, with whose they are; the newest, so that most is still possible."""
    with scope(furnished.house.pool, PLATFORM) as conn:
        cases = conn.execute("select distinct on (1) kind || '_' || state, number, merchant_id::text, buyer_id from cases where buyer_id is not null order by 1, opened_at desc, id").fetchall()
        orders = conn.execute("select distinct on (1) 'order_' || state, number, merchant_id::text, buyer_id from orders order by 1, placed_at desc, id").fetchall()
    return {where: (number, merchant, buyer) for where, number, merchant, buyer in (*cases, *orders)}


def _link(furnished: Seen, place: Place) -> str:
    return f"/b/in/{buyers.make_link(furnished.house, place[1], place[2], furnished.house.clock.now(), name='小林')}"


@pytest.fixture(scope="module")
def phone(furnished: Seen, browser: Browser) -> Iterator[Page]:
    """A phone in English, dark."""
    context = browser.new_context(viewport=PHONE, locale="en-GB", color_scheme="dark", reduced_motion="reduce", has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": "amends_lang", "value": "en", "url": furnished.site}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_words(furnished: Seen, places: dict[str, Place], page: str) -> None:
    where, path = PAGES[page]
    client: Any = Client(**{"amends.house": furnished.house})  # type: ignore[arg-type]
    client.get(_link(furnished, places[where]))
    wrong = words(furnished, client, path.format(number=places[where][0]))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", GLANCED)
def test_glance(furnished: Seen, phone: Page, places: dict[str, Place], page: str) -> None:
    where, path = PAGES[page]
    phone.goto(furnished.site + _link(furnished, places[where]))
    wrong = glance(phone, furnished.site + path.format(number=places[where][0]))
    assert not wrong, "\n".join(wrong)

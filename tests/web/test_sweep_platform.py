"""Every page of the platform: its words in both languages, and a glance at each as an English reader on a dark phone has it (UI-5, UI-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from amends.engine import pack_start, people
from amends.sim.furniture.cast import PASSWORD
from amends.store.connect import PLATFORM, scope
from tests.web.sweep import PHONE, SIDEWAYS, Seen, furnished
from tests.web.sweep_words import glance, words

__all__ = ["furnished"]

MAIN = "arbiter@platform.example"
DISPUTES = ("awaiting_merchant", "awaiting_buyer_confirmation", "awaiting_evidence", "awaiting_adjudication", "adjudicated", "appealing", "settled", "withdrawn", "closed")
TICKETS = ("awaiting_merchant", "awaiting_other_side", "transferred", "resolved", "closed")
PAGES = {
    "home": "/p/home", "disputes": "/p/disputes", "disputes-confirm": "/p/disputes?tab=second", "disputes-appeals": "/p/disputes?tab=appeal", "disputes-all": "/p/disputes?tab=all",
    "disputes-filtered": "/p/disputes?tab=judge&number=D-1", "precedents": "/p/disputes/precedents", "precedents-none": "/p/disputes/precedents?scenario=goods_missing&fault=carrier",
    "dispute-order": "/p/disputes/open", "dispute-open": "/p/disputes/open/{merchant}/{order}", "marks": "/p/buyers/marks",
    "tickets": "/p/tickets", "tickets-red": "/p/tickets?tab=red", "tickets-mine": "/p/tickets?tab=mine", "tickets-all": "/p/tickets?tab=all", "ticket-new": "/p/tickets/new",
    "ticket-new-merchant": "/p/tickets/new?merchant={merchant}", "opinions": "/p/tickets/opinions", "calls": "/p/calls", "calls-answered": "/p/calls?answered=1", "call": "/p/calls/{merchant}/{calls}",
    "merchants": "/p/merchants", "merchants-pack": "/p/merchants?pack=jd@1", "merchant-new": "/p/merchants/new", "merchant": "/p/merchants/{merchant}", "ledger": "/p/merchants/{merchant}/ledger",
    "statement": "/p/merchants/{merchant}/ledger/statement", "statement-account": "/p/merchants/{merchant}/ledger/statement?account=merchant_settlement", "ledgers": "/p/ledger",
    "reconciliation": "/p/reconciliation", "cases": "/p/cases", "cases-late": "/p/cases?f=1&late=1", "cases-none": "/p/cases?f=1&number=S-1", "work-red": "/p/work/ticket_red",
    "work-reddens": "/p/work/ticket_reddens", "work-late": "/p/work/merchant_late", "compensations": "/p/compensations", "compensation": "/p/compensations/{merchant}/{compensations}",
    "connections": "/p/connections", "carriers": "/p/carriers", "store": "/p/store", "mail": "/p/mail", "mail-open": "/p/mail/open", "mailboxes": "/p/mail/boxes", "mailbox-new": "/p/mail/boxes/new",
    "packs": "/p/packs", "pack": "/p/packs/jd/1", "pack-pdd": "/p/packs/pdd/1", "pack-tmall": "/p/packs/tmall/1", "pack-kuaishou": "/p/packs/kuaishou/1", "pack-compare": "/p/packs/jd/1/compare",
    "suspensions": "/p/suspensions", "suspension-new": "/p/suspensions/new", "suspension": "/p/suspensions/{suspensions}", "suspension-withdraw": "/p/suspensions/{suspensions}/withdraw",
    "erasure": "/p/erasure", "erasure-buyers": "/p/erasure/buyers?find=D01-00311&merchant={merchant}&buyer=D01-00311", "health": "/p/health", "staff": "/p/settings/staff", "person": "/p/settings/staff/{somebody}", "roles": "/p/settings/roles", "keys": "/p/settings/keys", "audit": "/p/settings/audit",
    "service-order": "/p/cases/{merchant}/{service_order_reviewing}", "service-order-done": "/p/cases/{merchant}/{service_order_completed}", "cancellation": "/p/cases/{merchant}/{cancellation_reviewing}",
    "dossier": "/p/cases/{merchant}/{service_order_completed}/dossier",
    **{f"dispute-{state}": f"/p/disputes/{{merchant}}/{{dispute_{state}}}" for state in DISPUTES}, **{f"ticket-{state}": f"/p/tickets/{{merchant}}/{{ticket_{state}}}" for state in TICKETS},
}
GLANCED = (
    "home", "disputes", "disputes-appeals", "precedents", "dispute-open", "marks", "tickets-all", "ticket-new-merchant", "opinions", "calls", "call", "merchants", "merchant", "ledger", "statement", "cases",
    "compensations", "compensation", "connections", "store", "mailbox-new", "suspension", "suspension-withdraw", "erasure-buyers", "health", "service-order", "dossier",
    "dispute-awaiting_adjudication", "dispute-adjudicated", "ticket-transferred",
)
"""One page of every layout; the rule book is looked at by itself, its words are many."""


@pytest.fixture(scope="module")
def places(furnished: Seen) -> dict[str, str]:
    """Where the pages are; packs are written into the house when it opens, as `open_house` does."""
    pack_start.sync(furnished.house.pool, furnished.house.clock.now(), demo=True)
    with scope(furnished.house.pool, PLATFORM) as conn:
        (order,) = conn.execute("select o.id::text from orders o where o.merchant_id = %s and o.state = 'received' order by o.id limit 1", (furnished.places["merchant"],)).fetchone() or ("",)
        (person,) = conn.execute("select id::text from people where merchant_id is null order by id limit 1").fetchone() or ("",)
    return furnished.places | {"order": order, "somebody": person}


def _pass(furnished: Seen) -> str:
    answer = people.sign_in(furnished.house.pool, MAIN, PASSWORD, "", "tests", furnished.house.clock.now())
    assert isinstance(answer, people.SignedIn), answer
    return answer.token


@pytest.fixture(scope="module")
def desk(furnished: Seen) -> Any:
    """The platform's main account at Django's client."""
    client = Client(**{"amends.house": furnished.house})  # type: ignore[arg-type]
    client.cookies["amends_session"] = _pass(furnished)
    return client


@pytest.fixture(scope="module")
def phone(furnished: Seen, browser: Browser) -> Iterator[Page]:
    """The same person on a phone, in English, dark."""
    context = browser.new_context(viewport=PHONE, locale="en-GB", color_scheme="dark", reduced_motion="reduce", has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": name, "value": value, "url": furnished.site} for name, value in (("amends_session", _pass(furnished)), ("amends_lang", "en"))])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_words(furnished: Seen, desk: Any, places: dict[str, str], page: str) -> None:
    wrong = words(furnished, desk, PAGES[page].format_map(places))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", GLANCED)
def test_glance(furnished: Seen, phone: Page, places: dict[str, str], page: str) -> None:
    wrong = glance(phone, furnished.site + PAGES[page].format_map(places))
    assert not wrong, "\n".join(wrong)


def test_the_rule_book_keeps_to_its_width(furnished: Seen, phone: Page, places: dict[str, str]) -> None:
    phone.goto(furnished.site + PAGES["pack"].format_map(places))
    assert phone.evaluate(SIDEWAYS) <= 0

"""Every page of the merchant and the warehouse: its words in both languages, and a glance at each layout as an English reader on a dark phone, and at the busiest as a Chinese one at a desk (UI-5, UI-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from amends.core.cases import MACHINES
from amends.engine import people
from amends.sim.furniture.cast import PASSWORD
from amends.store.connect import PLATFORM, scope
from tests.web.sweep import PHONE, WIDE, Seen, furnished
from tests.web.sweep_words import glance, words

__all__ = ["furnished"]

MAIN = "lin@qinghe.example"
LISTS = ("review", "receipt", "processing", "waiting", "done", "all", "cancel-review", "cancel-intercept", "cancel-follow", "cancel-refund", "cancel-all", "dispute-answer", "dispute-evidence",
         "dispute-judged", "dispute-waiting", "dispute-all", "ticket-answer", "ticket-platform", "ticket-waiting", "ticket-all")
FORMS = {
    "reviewing": ("approve_return", "reject", "ask_buyer", "assign", "propose", "refund_without_return", "reissue_without_return", "change_type", "abandon", "call_platform", "raise_alert", "set_priority",
                  "mark_unreasonable", "reissue_offline", "note"),
    "processing": ("refund", "exchange", "exchange_offline", "raise_discrepancy", "record_transfer", "return_original", "reissue"),
}
SETTINGS = ("staff", "roles", "addresses", "addresses/new", "shop", "stock", "compensation", "mail", "keywords", "keywords?days=30", "replies", "rules", "clocks", "durations", "keys", "audit")
NEVER = {"service_order_closed", "cancellation_intercepting"}
"""States the demo has no case in at first."""
PAGES = {
    "me": "/me", "home": "/m/home", "calls": "/m/calls", "calls-answered": "/m/calls?answered=1", "notices": "/m/notices", "find": "/m/find?q=S-2026",
    **{f"queue-{name}": f"/m/q/{name}" for name in LISTS}, "queue-filtered": "/m/q/review?due=late&alert=1", "queue-none": "/m/q/review?number=S-1",
    **{f"{m.kind}-{state}": f"/m/cases/{{{m.kind}_{state}}}" for m in MACHINES for state in m.states if f"{m.kind}_{state}" not in NEVER},
    **{f"do-{verb}": f"/m/cases/{{service_order_{state}}}/do/{verb}" for state, verbs in FORMS.items() for verb in verbs},
    "liability": "/m/disputes/liability", "dossier": "/m/cases/{service_order_reviewing}/dossier", "slip": "/m/cases/{service_order_awaiting_return}/slip", "goodwill": "/m/cases/{service_order_reviewing}/goodwill",
    "orders": "/m/orders", "orders-late": "/m/orders?work=ship_late", "order": "/m/orders/{orders}", "order-goodwill": "/m/orders/{orders}/goodwill", "to-send": "/m/to-send",
    "urges": "/m/urges", "urges-answered": "/m/urges?answered=1", "import": "/m/import", "compensations": "/m/compensations", "compensation": "/m/compensations/{compensations}",
    "stock": "/m/stock", "stock-held": "/m/stock/held", "stock-file": "/m/stock/file",
    "strategies": "/m/strategies", "strategies-receipt": "/m/strategies/receipt", "strategies-cancellation": "/m/strategies/cancellation_review", "strategies-ready": "/m/strategies/review/ready",
    "strategies-row": "/m/strategies/review/rows/new", "strategies-cel": "/m/strategies/review/rows/new?cel=1", "strategies-versions": "/m/strategies/review/versions",
    "strategies-import": "/m/strategies/review/import", "strategies-people": "/m/strategies/review/rows/people/cases", "strategies-would": "/m/strategies/case/{service_order_reviewing}",
    "strategies-publish": "/m/strategies/review/publish",
    "finance": "/m/finance", "requests": "/m/finance/requests", "reconciliation": "/m/finance/reconciliation", "ledger": "/m/ledger", "statement": "/m/ledger/statement?currency=CNY",
    **{f"settings-{name.replace('/', '-').replace('?days=30', '-history')}": f"/m/settings/{name}" for name in SETTINGS},
    "settings-person": "/m/settings/staff/{clerk}", "settings-address": "/m/settings/addresses/{addresses}",
    "dock": "/w/", "receipt": "/w/{service_order_in_transit}", "receipt-differs": "/w/{service_order_in_transit}/differs", "unclaimed": "/w/unclaimed", "unclaimed-new": "/w/unclaimed/new",
}
GLANCED = (
    "me", "home", "calls", "queue-done", "queue-dispute-answer", "service_order-reviewing", "service_order-claiming_back", "cancellation-reviewing", "dispute-awaiting_merchant", "dispute-adjudicated",
    "ticket-awaiting_merchant", "do-refund", "dossier", "goodwill", "orders-late", "order", "urges", "compensations", "stock", "strategies", "strategies-row", "statement", "settings-staff",
    "settings-address", "settings-shop", "settings-clocks", "settings-audit", "dock", "receipt", "unclaimed-new",
)
"""One page of every layout."""
AT_A_DESK = ("queue-review", "service_order-processing", "dispute-awaiting_evidence", "strategies")


@pytest.fixture(scope="module")
def places(furnished: Seen) -> dict[str, str]:
    """Where the pages are."""
    with scope(furnished.house.pool, PLATFORM) as conn:
        (clerk,) = conn.execute("select id::text from people where email = 'ahai@qinghe.example'").fetchone() or ("",)
    return furnished.places | {"clerk": clerk}


def _pass(furnished: Seen) -> str:
    answer = people.sign_in(furnished.house.pool, MAIN, PASSWORD, "", "tests", furnished.house.clock.now())
    assert isinstance(answer, people.SignedIn), answer
    return answer.token


@pytest.fixture(scope="module")
def desk(furnished: Seen) -> Any:
    """The shop's main account at Django's client."""
    client = Client(**{"amends.house": furnished.house})  # type: ignore[arg-type]
    client.cookies["amends_session"] = _pass(furnished)
    return client


def _window(furnished: Seen, browser: Browser, lang: str, **more: Any) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce", **more)
    context.add_cookies([{"name": name, "value": value, "url": furnished.site} for name, value in (("amends_session", _pass(furnished)), ("amends_lang", lang))])
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def phone(furnished: Seen, browser: Browser) -> Iterator[Page]:
    """The same person on a phone, in English, dark."""
    yield from _window(furnished, browser, "en", viewport=PHONE, locale="en-GB", color_scheme="dark", has_touch=True)


@pytest.fixture(scope="module")
def wide(furnished: Seen, browser: Browser) -> Iterator[Page]:
    """The same person at a desk, in Chinese, light."""
    yield from _window(furnished, browser, "zh", viewport=WIDE, locale="zh-CN", color_scheme="light")


@pytest.mark.parametrize("page", PAGES)
def test_words(furnished: Seen, desk: Any, places: dict[str, str], page: str) -> None:
    wrong = words(furnished, desk, PAGES[page].format_map(places))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", GLANCED)
def test_glance(furnished: Seen, phone: Page, places: dict[str, str], page: str) -> None:
    wrong = glance(phone, furnished.site + PAGES[page].format_map(places))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", AT_A_DESK)
def test_glance_at_a_desk(furnished: Seen, wide: Page, places: dict[str, str], page: str) -> None:
    wrong = glance(wide, furnished.site + PAGES[page].format_map(places))
    assert not wrong, "\n".join(wrong)


def test_a_form_is_sent_once_and_keeps_what_was_typed(furnished: Seen, wide: Page) -> None:
    wide.goto(f"{furnished.site}/m/settings/staff")
    wide.get_by_label("姓名").fill("白露")
    wide.get_by_label("邮箱").fill(MAIN)
    wide.get_by_role("button", name="添加并生成链接").click()
    wide.locator(".field.bad, [aria-invalid=true]").first.wait_for()
    assert (wide.get_by_label("姓名").input_value(), wide.get_by_label("邮箱").input_value()) == ("白露", MAIN), "a refusal takes nothing away"
    wide.get_by_label("邮箱").fill("bailu@qinghe.example")
    wide.get_by_role("button", name="添加并生成链接").dblclick()
    wide.get_by_text("bailu@qinghe.example").first.wait_for()
    assert wide.locator("#once").count() == 1, "the second click made nothing and spoiled nothing"
    wide.goto(f"{furnished.site}/m/q/review")
    opened = wide.locator("[data-open-case]").first
    number = opened.evaluate("e => e.closest('tr').id")
    opened.click()
    wide.wait_for_url("**/m/cases/**")
    wide.go_back()
    wide.locator(f"#{number}").wait_for()

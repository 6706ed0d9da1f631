"""Finance and the ledger on screen: what waits is done once, statements add up and explain themselves, the platform books after a look (MO-3 … MO-5)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from amends.core import movements as m
from amends.core.actor import ALL, Actor, Party
from amends.core.verbs.review import RefundWithoutReturn
from amends.engine import people, posting
from amends.engine.ids import new_id
from amends.engine.passwords import hashed
from amends.store.connect import PLATFORM, scope
from amends.worker.effects import perform
from tests.shop import Shop, open_shop
from tests.web.conftest import PASSWORD, enter, walk_in
from tests.web.test_settings import look


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.fixture(scope="module")
def trading(house: Any) -> Shop:
    """A merchant that trades: refunds granted, one moved, one failed, a deposit, a penalty, a difference to be received."""
    made = open_shop(house.pool, name="青禾家居")
    made.now = house.clock.now() - timedelta(hours=3)
    for paid in (9900, 12_345_678_989, 1):
        granted(made, house, paid)
    failed = granted(made, house, 5500)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "update refund_requests set state = 'failed', provider = 'wepay', sent_at = %(at)s, answered_at = %(at)s, failure_code = 'ACCOUNT_CLOSED', failure_words = '收款账户已注销' where case_id = %(case)s",
            {"at": made.now, "case": failed},
        )
    made.failed = failed  # type: ignore[attr-defined]
    with scope(house.pool, UUID(made.merchant)) as conn:
        for kind, movement in (("a", m.deposit_paid_in(5_000_000, "CNY")), ("b", m.penalty_charged(200_000, "CNY", held=5_000_000)), ("c", m.compensation_granted("goodwill", 500, "merchant", "CNY"))):
            posting.post(conn, made.merchant, [posting.row(movement, kind, by=made.arbiter, reason="考核 72 分")], made.now)
    return made


def granted(shop: Shop, house: Any, paid: int) -> str:
    case = shop.apply(shop.order(("CUP", 1, paid)))
    answer = shop.say(case, RefundWithoutReturn())
    assert answer.refusal is None, answer.refusal
    perform(house.pool, shop.merchant, house.clock.now() + timedelta(minutes=1))
    return case


@pytest.fixture(scope="module")
def boss(house: Any, trading: Shop) -> people.Person:
    """The main account of the trading merchant."""
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into people (id, merchant_id, email, name, main_account, password_hash) values (%s, %s, 'hai@qinghe.test', '阿海', true, %s)", (trading.hai.id, trading.merchant, hashed(PASSWORD)),
        )
    return people.Person(trading.hai.id, trading.merchant, "hai@qinghe.test", "阿海", "zh-CN", True, ALL, "青禾家居", "Asia/Shanghai", "CNY")


def test_finance_sees_what_failed_first_and_asks_again_once(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    page = body(enter(client, house, boss).get("/m/finance"))
    assert page.index("收款账户已注销") < page.index('id="by-hand"')
    assert "重试退款 ¥55.00" in page
    row = page[page.index("收款账户已注销"):]
    request, once = re.search(r'name="request" value="([^"]+)"', row)[1], re.search(r'name="command_id" value="([^"]+)"', row)[1]
    assert client.post("/m/finance/retries", {"request": request, "command_id": once}).status_code == 302
    assert client.post("/m/finance/retries", {"request": request, "command_id": once}).status_code == 404
    assert "收款账户已注销" not in body(client.get("/m/finance"))
    assert trading.all("select state, attempt from refund_requests where id = %s", request) == [("requested", 2)]


def test_a_failed_refund_is_transferred_by_hand_instead(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    case = granted(trading, house, 700)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update refund_requests set state = 'failed', provider = 'wepay', sent_at = %(at)s, answered_at = %(at)s, failure_words = '余额不足' where case_id = %(case)s", {"at": trading.now, "case": case})
    [(request,)] = trading.all("select id::text from refund_requests where case_id = %s", case)
    enter(client, house, boss)
    assert client.post("/m/finance/transfers", {"request": request, "command_id": new_id(), "reference": "T-700"}).status_code == 302
    entries = trading.all("select e.account, e.amount_minor from ledger_movements m join ledger_entries e on e.movement_id = m.id where m.request_id = %s order by e.line", request)
    assert entries == [("buyer_refund", -700), ("provider:manual", 700)]
    assert "T-700" in body(client.get("/m/finance/requests", {"waits": "moved"}))


def test_a_statement_adds_up_page_by_page_and_leads_to_its_case(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    page = body(enter(client, house, boss).get("/m/ledger/statement", {"account": "merchant_settlement"}))
    balance = trading.all("select balance_minor from ledger_balances where merchant_id = %s and account = 'merchant_settlement'", trading.merchant)[0][0]
    assert balance < 0
    assert f"−¥{-balance // 100:,}.{-balance % 100:02d}" in page
    assert f"/m/cases/{trading.failed}" in page  # type: ignore[attr-defined]
    assert "从承担方转到应退客户，等待退出" in page
    number = trading.row(trading.failed, "number")[0]  # type: ignore[attr-defined]
    one = body(client.get("/m/ledger/statement", {"number": number}))
    assert one.count("<tr><td class") == 2
    assert "没有符合条件的账目" in body(client.get("/m/ledger/statement", {"number": "S-0000-000000"}))
    assert client.get("/m/ledger/statement", {"account": "moon", "since": "nonsense", "after": "x~y~z"}).status_code == 200


def test_the_file_says_what_the_page_says_and_harms_no_spreadsheet(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    with scope(house.pool, UUID(trading.merchant)) as conn:
        posting.post(conn, trading.merchant, [posting.row(m.penalty_charged(1, "CNY", source="merchant"), "evil", by=trading.arbiter, reason="=HYPERLINK(1)")], trading.now)
    text = body(enter(client, house, boss).get("/m/ledger/statement.csv", {"account": "merchant_settlement"}))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["时间", "事项", "账户"]
    balance = trading.all("select balance_minor from ledger_balances where merchant_id = %s and account = 'merchant_settlement'", trading.merchant)[0][0]
    assert rows[-1][6] == f"-{-balance // 100}.{-balance % 100:02d}"
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row)
    text = body(client.get("/m/finance/requests.csv", {"waits": "by_hand"}))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) - 1 == trading.all("select count(*) from refund_requests where merchant_id = %s and state = 'requested' and provider = 'manual'", trading.merchant)[0][0]
    assert "123456789.89" in [row[4] for row in rows]


def test_accounts_always_sum_to_nothing(client: Any, house: Any, boss: people.Person) -> None:
    page = body(enter(client, house, boss).get("/m/ledger"))
    assert "保证金" in page
    assert re.search(r'class="total".*?<td class="num">¥0\.00</td>', page, re.DOTALL)


@pytest.mark.parametrize("path", ["/m/finance", "/m/finance/requests", "/m/finance/requests.csv", "/m/ledger", "/m/ledger/statement", "/m/ledger/statement.csv"])
def test_nobody_without_leave_sees_money(client: Any, house: Any, clerk: people.Person, shop: people.Person, operator: people.Person, trading: Shop, path: str) -> None:
    assert enter(client, house, clerk).get(path).status_code == 403
    assert enter(client, house, operator).get(path).status_code == 403
    assert trading.row(trading.failed, "number")[0] not in body(enter(client, house, shop).get(path))  # type: ignore[attr-defined]


def test_the_platform_books_after_a_look_and_once(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    address, once = f"/p/merchants/{trading.merchant}/ledger", new_id()
    before = dict(trading.all("select account, balance_minor from ledger_balances where merchant_id = %s", trading.merchant))
    form = {"what": "penalty_charged", "way": "deposit", "amount": "1,000.50", "reason": "虚假发货", "once": once}
    enter(client, house, operator)
    seen = body(client.post(f"{address}/book", form))
    assert "收取违约金 ¥1,000.50" in seen
    assert f"¥{before['merchant_deposit'] / 100:,.2f} → <b>¥{(before['merchant_deposit'] - 100050) / 100:,.2f}" in seen
    assert dict(trading.all("select account, balance_minor from ledger_balances where merchant_id = %s", trading.merchant)) == before
    assert 'value="1,000.50"' in body(client.post(f"{address}/book", form | {"sure": "1", "edit": "1"}))
    for _ in range(2):
        assert client.post(f"{address}/book", form | {"sure": "1"}).status_code == 302
    after = dict(trading.all("select account, balance_minor from ledger_balances where merchant_id = %s", trading.merchant))
    assert after["penalty"] - before["penalty"] == 100050
    assert "虚假发货" in body(client.get(address))
    wrong = client.post(f"{address}/book", form | {"amount": "99999999", "once": new_id()})
    assert wrong.status_code == 422
    assert "保证金只有 ¥" in body(wrong)
    assert "“金额”的格式不对" in body(client.post(f"{address}/book", form | {"amount": "一百"}))
    assert 'value="penalty_charged" selected' in body(wrong)
    assert client.post(f"/p/merchants/{new_id()}/ledger/book", form).status_code == 404


def test_the_platform_reads_every_ledger_and_only_with_leave(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    assert "青禾家居" in body(enter(client, house, operator).get("/p/ledger"))
    page = client.get(f"/p/merchants/{trading.merchant}/ledger/statement", {"account": "merchant_deposit"})
    assert "考核 72 分" in body(page)
    assert "merchant_deposit" in client.get(f"/p/merchants/{trading.merchant}/ledger/statement.csv", {"account": "merchant_deposit"})["Content-Disposition"]
    assert Actor(Party.MERCHANT, "x", "x", trading.merchant).holds("book_ledger") is False


@pytest.mark.parametrize("path", ["/m/finance", "/m/finance/requests", "/m/ledger", "/m/ledger/statement", "/m/ledger/statement?account=buyer_refund", "/p/ledger", "ledger", "statement"])
def test_every_page_is_sound_on_a_phone_in_the_dark_and_on_a_desk_in_english(page: Any, site: str, boss: people.Person, operator: people.Person, trading: Shop, path: str) -> None:
    path = {"ledger": f"/p/merchants/{trading.merchant}/ledger", "statement": f"/p/merchants/{trading.merchant}/ledger/statement"}.get(path, path)
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")
    walk_in(page, site, (operator if path.startswith("/p") else boss).email, path)
    assert look(page, touch=True) == []
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang=en")
    assert look(page, touch=False) == []


def test_a_case_explains_every_cent_and_its_button_says_the_sum(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    case = trading.apply(trading.order(("CUP", 1, 12900)))
    page = body(enter(client, house, boss).get(f"/m/cases/{case}/do/refund_without_return"))
    assert '<span id="act-sum" class="js-only">¥129.00</span>' in page
    typed = body(client.post(f"/m/cases/{case}/do/refund_without_return/preview", {"amount": "100", "adjust_reason": "used"}))
    assert 'hx-swap-oob="true">¥100.00</span>' in typed
    trading.say(case, RefundWithoutReturn(amount=10000, adjust_reason="used"))
    page = body(client.get(f"/m/cases/{case}"))
    told = page[page.index("账目 1 笔 · 应退未退 ¥100.00"):]
    assert told.index("商家货款 · 货款") < told.index("−¥100.00") < told.index("应退客户") < told.index("+¥100.00")
    assert "商品有使用痕迹" in told

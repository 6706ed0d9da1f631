"""Cancellation and atomicity scenarios of other systems' tests, run on ours by case id; figures are read from the peer file (docs/cancellation_cases.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from amends.core.actor import CARRIER_ACTOR, PROVIDER_ACTOR
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.worker.effects import perform
from tests.engine.cancel_desk import on_the_way, opened, refused, unshipped
from tests.engine.together import stands
from tests.shop import LIN, open_shop

FILE = Path(__file__).resolve().parents[2] / "../shared/cases/peer_cases.yaml"
AREAS = {"cancel", "atomicity"}
ALL: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []
CASES: dict[str, dict[str, Any]] = {x["id"]: x for x in ALL if x["area"] in AREAS or x["id"] == "RM-074"}
RUN = {"ST-011", "ST-013", "ST-016", "ST-018", "ST-045", "ST-069", "ST-081", "ST-083", "ST-085", "RM-074"}
NOT_APPLICABLE = {"ST-020": "goods of an order are not counted here: its shop's own system keeps them, our stock is what after-sales gives out and gets back"}
GOOD = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


def case_of(number: str) -> dict[str, Any]:
    """One peer case; without the file there is nothing to run."""
    return CASES[number] if CASES else pytest.skip("the peer cases (../shared/cases/peer_cases.yaml) are not here")


@pytest.fixture
def shop(pool):
    return open_shop(pool, stock={"CUP": 100, "MUG": 10})


def count(shop, table):
    return shop.all(f"select count(*)::int from {table} where merchant_id = %s", shop.merchant)[0][0]


def prices(shop, **by_sku):
    for sku, price in by_sku.items():
        shop.all("insert into skus (merchant_id, sku, title, price_minor, currency) values (%s, %s, '杯', %s, 'CNY') returning 1", shop.merchant, sku, price)


def test_every_case_of_these_areas_is_run_or_has_a_reason():
    assert set(CASES) <= RUN | set(NOT_APPLICABLE)
    assert not RUN & set(NOT_APPLICABLE)


def test_st_011_a_request_without_a_reason_leaves_nothing_behind(shop):
    expected = case_of("ST-011")["expected"]
    order = unshipped(shop)
    assert refused(shop, order, reason="") == ["cancel_reason_unknown"]
    received = shop.order(("CUP", 1, 100), ("MUG", 1, 200))
    items = [Item(shop.lines[received][0], 1, "return", "no_reason", "不要了", []), Item(shop.lines[received][1], 1, "return", "", "不要了", [])]
    assert isinstance(apply_for(shop.pool, shop.merchant, Application(received, items), LIN, shop.now, new_id()), list)
    assert {count(shop, table) for table in ("cases", "cancellation_lines", "applications", "events", "clocks", "outbox", "commands_done", "holds")} == {expected["claims_in_db"]}


def test_st_013_what_the_replacement_cost_more_goes_with_the_replacement(shop):
    peer = case_of("ST-013")
    prices(shop, CUP=5000, MUG=8000)
    case = shop.apply(shop.order(("CUP", 1, 5000)), "exchange", "quality_fault", photos=[_photo(shop)])
    shop.say(case, v.ApproveReturn())
    shop.say(case, p.RegisterReceipt(received=1, **GOOD))
    assert shop.say(case, p.Exchange(sku="MUG", quantity=1)).state == "collecting"
    held = "select count(*)::int from holds where merchant_id = %s and case_id = %s and ended_at is null"
    asked = "select count(*)::int from charges where merchant_id = %s and case_id = %s and state = 'asked'"
    look = [shop.all(query, shop.merchant, case)[0][0] for query in (held, asked)]
    assert look == [peer["given"]["outbound_items"], peer["given"]["outbound_freight_rows"]]
    assert shop.say(case, b.Decline("还是不换了"), LIN).state == "processing"
    look = [shop.all(query, shop.merchant, case)[0][0] for query in (held, asked)]
    assert look == [peer["expected"]["outbound_items"], peer["expected"]["outbound_freight_rows"]]


def test_st_016_what_is_on_its_way_is_stopped_before_it_is_cancelled(shop):
    expected = case_of("ST-016")["expected"]["statuses"]
    case = opened(shop, on_the_way(shop))
    first = shop.say(case, c.ApproveCancellation())
    assert (first.refusal is not None) == (expected[0] >= 400)
    assert shop.say(case, c.ApproveAndIntercept()).refusal is None
    assert shop.row(case, "granted_minor") == (0,)
    assert (shop.say(case, o.InterceptionSucceeded(), CARRIER_ACTOR).state, shop.row(case, "granted_minor")) == ("refunding", (19900,))


def test_st_018_an_order_that_was_refunded_cannot_be_cancelled(shop):
    peer = case_of("ST-018")
    order = shop.order(("CUP", 1, peer["given"]["refunds"][0]))
    case = shop.apply(order)
    shop.say(case, v.RefundWithoutReturn())
    assert shop.row(case, "granted_minor") == (peer["given"]["refunds"][0],)
    assert refused(shop, order) == ["cancel_after_receipt"]
    cancelled = unshipped(shop)
    shop.say(opened(shop, cancelled), c.ApproveCancellation())
    assert refused(shop, cancelled) == ["cancel_order_gone"]


@pytest.mark.parametrize("number", ["ST-045", "ST-069"])
def test_what_has_arrived_is_processed_and_what_has_not_can_be_given_up(shop, number):
    case_of(number)
    order = shop.order(("CUP", 1, 100), ("MUG", 1, 200))
    here, on_its_way = shop.apply(order, line=0), shop.apply(order, line=1)
    for case in (here, on_its_way):
        shop.say(case, v.ApproveReturn())
    shop.say(here, p.RegisterReceipt(received=1, **GOOD))
    assert shop.say(here, b.Withdraw(), LIN).refusal.code == "not_now"
    assert shop.say(on_its_way, b.Withdraw(), LIN).state == "withdrawn"
    assert shop.row(here, "state") == ("processing",)


def test_st_081_cancelling_before_payment_moves_no_stock(shop):
    peer = case_of("ST-081")
    order = shop.order(("CUP", 1, 0), received=False, state="pending_payment", delivered_at=None, paid_at=None)
    moves = count(shop, "stock_moves")
    case = opened(shop, order)
    assert shop.say(case, c.ApproveCancellation()).state == "closed"
    assert shop.all("select state from orders where id = %s", order) == [(peer["expected"]["state"].lower(),)]
    assert shop.all("select on_hand from stock where merchant_id = %s and sku = 'CUP'", shop.merchant) == [(peer["expected"]["stock"],)]
    assert (count(shop, "stock_moves"), count(shop, "refund_requests")) == (moves, 0)


def test_st_083_part_of_a_line_is_cancelled_and_the_rest_stands(shop):
    peer = case_of("ST-083")
    order = unshipped(shop, ("CUP", peer["given"]["qty"], 10000))
    shop.say(opened(shop, order, (0, 1)), c.ApproveCancellation())
    left = shop.all("select quantity - cancelled_quantity from order_lines where order_id = %s", order)
    assert left == [(peer["expected"]["qty"],)]
    assert shop.all("select state, refunded_minor from orders where id = %s", order) == [("preparing", 5000)]


def test_st_085_prices_survive_a_full_cancellation(shop):
    expected = case_of("ST-085")["expected"]
    order = unshipped(shop, ("CUP", 2, 10000))
    shop.say(opened(shop, order), c.ApproveCancellation())
    [(price, total)] = shop.all("select l.unit_price_minor, o.paid_minor - o.refunded_minor from orders o join order_lines l on l.order_id = o.id where o.id = %s", order)
    assert (total, price > 0) == (expected["order_total"], expected["unit_price_nonzero"])


def test_rm_074_a_failed_refund_is_repeated_and_counts_once(shop):
    expected = case_of("RM-074")["expected"]
    case = opened(shop, unshipped(shop))
    shop.say(case, c.ApproveCancellation())
    perform(shop.pool, shop.merchant, shop.now)
    [(request,)] = shop.all("select id::text from refund_requests where merchant_id = %s", shop.merchant)
    assert shop.say(case, o.RefundFailed(request, "closed", "账户已注销"), PROVIDER_ACTOR).refusal is None
    assert shop.say(case, o.RetryRefund(request)).refusal is None
    assert shop.say(case, o.RefundMoved(request, "R-2"), PROVIDER_ACTOR).state == "refunded"
    moved = shop.all("select amount_minor from refund_requests where merchant_id = %s and state = 'moved'", shop.merchant)
    assert (len(moved), moved[0][0]) == (expected["counted_refunds"], 19900)
    stands(shop)


def _photo(shop):
    photo = new_id()
    shop.all("insert into files (merchant_id, id, sha256, media_type, size, bytes, at) values (%s, %s, %s, 'image/png', 1, 'x', now()) returning 1", shop.merchant, photo, b"0" * 32)
    return photo

"""Receipt of an order: confirmed by its buyer, once (OR-4); or dated by staff, with a reason (OR-4a)."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.intake import open_options
from amends.engine.orders import confirm_receipt, confirm_receipts
from amends.engine.receipt_dates import date_receipt
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def stands(shop, order):
    return shop.all("select state, receipt_confirmed_at, facts, version from orders where id = %s", order)[0]


@pytest.mark.parametrize("state", ["shipped", "delivered"])
def test_the_buyer_confirms_once_and_it_stays(shop, state):
    order = shop.order(("CUP", 1, 12900), received=False, state=state)
    assert confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now) is None
    first = stands(shop, order)
    assert first[:2] == ("received", shop.now)
    assert (first[2]["confirmed_by"], first[2]["confirmed_at"]) == ("buyer", shop.now.isoformat())
    assert confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now + timedelta(hours=1)) is None
    assert stands(shop, order) == first
    confirm_receipts(shop.pool, shop.now + timedelta(days=30))
    assert stands(shop, order) == first
    assert open_options(shop.pool, shop.merchant, order, shop.now, "buyer-lin").lines[0].types["return"].allowed


def test_not_before_it_is_sent_and_not_by_another(shop):
    order = shop.order(("CUP", 1, 12900), received=False, state="preparing")
    refusal = confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now)
    assert (refusal.code, refusal.status) == ("not_shipped", 409)
    assert "正在配货" in refusal.say("zh")
    sent = shop.order(("CUP", 1, 12900), received=False)
    other = open_shop(shop.pool, name="隔壁")
    for merchant, buyer in ((shop.merchant, "somebody"), (other.merchant, "buyer-lin")):
        assert confirm_receipt(shop.pool, merchant, sent, buyer, shop.now).code == "order_unknown"
    assert confirm_receipt(shop.pool, shop.merchant, "no-id", "buyer-lin", shop.now).code == "order_unknown"
    assert stands(shop, sent)[0] == "shipped"


def test_staff_who_confirm_for_the_buyer_are_on_record(shop):
    order = shop.order(("CUP", 1, 12900), received=False)
    assert confirm_receipt(shop.pool, shop.merchant, order, None, shop.now, By(shop.hai)) is None
    assert stands(shop, order)[2]["confirmed_by"] == "merchant"
    assert shop.all("select actor_name, before ->> 'state' from audit where action = 'receipt_confirmed' and subject_id = %s", order) == [("阿海", "shipped")]


def test_a_day_set_by_staff_opens_a_window_that_the_late_confirmation_had_moved(shop):
    """Without the carrier's record windows count from the confirmation; staff who know better set the day."""
    order = shop.order(("CUP", 1, 12900), delivered_at=None, placed_at=shop.now - timedelta(days=20))
    until = open_options(shop.pool, shop.merchant, order, shop.now).lines[0].types["return"].until
    assert date_receipt(shop.pool, By(shop.hai), order, "2026-02-26", "  签收单 照片 ", shop.now) is None
    verdict = open_options(shop.pool, shop.merchant, order, shop.now).lines[0].types["return"]
    assert (verdict.counted_from, verdict.until - until) == ("staff_date", timedelta(days=-3))
    facts = stands(shop, order)[2]
    assert datetime.fromisoformat(facts["received_on"]) == datetime(2026, 2, 25, 16, tzinfo=UTC)
    assert (facts["received_on_why"], facts["received_on_by"]) == ("签收单 照片", "阿海")
    assert date_receipt(shop.pool, By(shop.hai), order, "2026-02-26", "签收单 照片", shop.now) is None
    assert date_receipt(shop.pool, By(shop.hai), order, "2026-02-27", "看错了", shop.now) is None
    rows = shop.all("select before ->> 'received_on', after ->> 'reason' from audit where action = 'receipt_dated' and subject_id = %s order by id", order)
    assert rows == [(None, "签收单 照片"), (facts["received_on"], "看错了")]


@pytest.mark.parametrize(
    ("day", "why", "code", "field"),
    [("2026-03-03", "x", "receipt_day_wrong", "day"), ("2026-01-01", "x", "receipt_day_wrong", "day"), ("soon", "x", "receipt_day_wrong", "day"), ("", "x", "receipt_day_wrong", "day"),
     ("2026-03-01", " ", "receipt_why_missing", "why"), ("2026-03-01", "字" * 201, "too_long", "why")],
)
def test_what_is_no_day_and_no_reason_is_refused(shop, day, why, code, field):
    order = shop.order(("CUP", 1, 12900), delivered_at=None)
    refusal = date_receipt(shop.pool, By(shop.hai), order, day, why, shop.now)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == (code, field)
    assert "received_on" not in stands(shop, order)[2]


def test_the_carriers_record_comes_first_and_the_permission_before_all(shop):
    order = shop.order(("CUP", 1, 12900))
    assert date_receipt(shop.pool, By(shop.hai), order, "2026-03-01", "x", shop.now).code == "receipt_day_known"
    assert date_receipt(shop.pool, By(shop.new), order, "2026-03-01", "x", shop.now).code == "permission_missing"
    other = open_shop(shop.pool, name="对面")
    assert date_receipt(shop.pool, By(other.hai), order, "2026-03-01", "x", shop.now).code == "order_unknown"

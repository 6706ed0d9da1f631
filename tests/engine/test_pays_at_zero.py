"""Where a pack's own rule pays at the end of a clock, what it gives is a refund like any other: by line, in the ledger, asked for of the provider (SO-29, MO-3, MO-4)."""

from datetime import timedelta

from amends.engine.ringing import ring
from amends.store.connect import Pool
from amends.worker.effects import perform
from tests.shop import open_shop


def test_silence_that_pays_leaves_what_a_refund_leaves(pool: Pool) -> None:
    shop = open_shop(pool)
    shop.all("update merchants set pack = 'pdd' where id = %s returning 1", shop.merchant)
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    shop.now += timedelta(hours=48)
    assert ring(pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state, granted_minor") == ("confirming", 5000)
    assert shop.all("select amount_minor, quantity from granted_refunds where case_id = %s", case) == [(5000, 1)]
    assert shop.all("select account, amount_minor from ledger_entries where merchant_id = %s order by account", shop.merchant) == [("buyer_refund", 5000), ("merchant_settlement", -5000)]
    perform(pool, shop.merchant, shop.now)
    assert shop.all("select amount_minor, state from refund_requests where case_id = %s", case) == [(5000, "requested")]

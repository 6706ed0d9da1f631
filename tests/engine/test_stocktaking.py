"""What is on hand as others say it: counts with versions, differences once each, in any order the same end (ST-K4); quarantine decided; low marks."""

from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from amends.core.verbs import review as v
from amends.engine import disposing
from amends.engine.audit import By
from amends.engine.stocktaking import Said, say, set_on_hand
from amends.store.connect import scope
from tests.engine.stock_shop import LOCKS, asked, broken, counts, stocked


@pytest.fixture
def shop(pool):
    return stocked(pool, {"CUP": 5})


def told(shop, *lines, **more):
    return [(t.result, t.on_hand) if t.refusal is None else t.refusal.code for t in say(shop.pool, By(shop.hai), shop.merchant, list(lines), shop.now, source="erp", **more)]


def test_a_late_count_does_no_harm(shop):
    assert told(shop, Said("CUP", on_hand=20, version=7, message="a")) == [("counted", 20)]
    assert told(shop, Said("CUP", on_hand=3, version=6, message="b")) == [("stale", 20)]
    assert told(shop, Said("CUP", on_hand=9, version=7, message="c")) == [("stale", 20)]
    assert told(shop, Said("CUP", on_hand=20, version=7, message="a")) == [("again", 20)]
    assert told(shop, Said("CUP", on_hand=9, version=8)) == [("counted", 9)]


def test_a_difference_counts_once(shop):
    assert told(shop, Said("CUP", change=-2, message="d1"), Said("CUP", change=-2, message="d1"), Said("CUP", change=4, message="d2")) == [("changed", 3), ("again", 3), ("changed", 7)]
    assert told(shop, Said("CUP", change=-2, message="d1")) == [("again", 7)]
    assert say(shop.pool, By(shop.hai), shop.merchant, [Said("CUP", change=-1, message="d1")], shop.now, source="other")[0].result == "changed"


MESSAGES = (
    Said("CUP", on_hand=10, version=1, message="1"), Said("CUP", change=-3, version=2, message="2"), Said("CUP", on_hand=9, version=3, message="3"),
    Said("CUP", change=5, version=4, message="4"),
)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda o: "".join(map(str, o)))
def test_messages_in_any_order_end_the_same(shop, order):
    for n in order:
        told(shop, MESSAGES[n])
        told(shop, MESSAGES[n])
    assert counts(shop, "CUP") == (14, 0)
    assert broken(shop) == []


@pytest.mark.parametrize("seed", range(4))
def test_random_messages_doubled_and_disordered_end_as_if_in_order(pool, seed):
    chance, value, messages = Random(seed), 100, []
    for version in range(1, 30):
        if chance.random() < 0.3:
            value = chance.randint(90, 200)
            messages.append(Said("X", "W", on_hand=value, version=version, message=str(version)))
        else:
            change = chance.randint(-3, 6)
            value += change
            messages.append(Said("X", "W", change=change, version=version, message=str(version)))
    shop = stocked(pool, {("X", "W"): 100})
    mixed = messages + chance.sample(messages, 12)
    chance.shuffle(mixed)
    for at in range(0, len(mixed), 5):
        told(shop, *mixed[at:at + 5])
    assert counts(shop, "X", "W") == (value, 0)
    assert broken(shop) == []


def test_what_is_held_cannot_be_counted_away(pool):
    shop = stocked(pool, {"CUP": 3}, LOCKS)
    asked(shop, shop.order(("CUP", 2, 2000)), (0, 2))
    assert told(shop, Said("CUP", on_hand=1, version=1), Said("CUP", change=-2, message="x"), Said("CUP", on_hand=2, version=2)) == ["stock_held", "stock_below_zero", ("counted", 2)]
    assert counts(shop, "CUP") == (2, 2)


@pytest.mark.parametrize(("line", "code", "field"), [
    (Said(" CUP", on_hand=1), "sku_wrong", "sku"), (Said("CUP", "a\x00", on_hand=1), "warehouse_wrong", "warehouse"), (Said("CUP"), "stock_either", "on_hand"),
    (Said("CUP", on_hand=1, change=1), "stock_either", "on_hand"), (Said("CUP", on_hand=-1), "stock_number_wrong", "on_hand"), (Said("CUP", change=1), "stock_message_missing", "message_id"),
    (Said("CUP", on_hand=1, version=0), "stock_number_wrong", "version"),
])
def test_a_wrong_line_is_refused_and_the_others_are_not(shop, line, code, field):
    answers = say(shop.pool, By(shop.hai), shop.merchant, [line, Said("MUG", on_hand=4)], shop.now)
    assert (answers[0].refusal.code, answers[0].refusal.field, answers[1].on_hand) == (code, field, 4)


def test_a_dry_run_says_what_would_be_and_changes_nothing(shop):
    assert told(shop, Said("CUP", on_hand=50, version=5, message="m"), Said("CUP", change=1, message="n"), dry_run=True) == [("counted", 50), ("changed", 51)]
    assert counts(shop, "CUP") == (5, 0)
    assert told(shop, Said("CUP", on_hand=50, version=5, message="m")) == [("counted", 50)]


def test_thousands_at_once_and_each_is_explained(shop):
    lines = [Said(f"SKU-{n:04d}", "", on_hand=n) for n in range(1, 3001)]
    assert {a[0] for a in told(shop, *lines)} == {"counted"}
    assert shop.all("select count(*), sum(on_hand)::int from stock_moves where merchant_id = %s and kind = 'counted' and sku like 'SKU-%%'", shop.merchant) == [(3000, 3000 * 3001 // 2)]
    assert shop.all("select after ->> 'places' from audit where merchant_id = %s and action = 'stock_counted' and actor_id = %s", shop.merchant, shop.hai.id) == [("3000",)]


def test_only_who_keeps_stock_may_count(shop):
    assert set_on_hand(shop.pool, By(shop.new), shop.merchant, "CUP", "", 1, shop.now).code == "permission_missing"
    assert say(shop.pool, By(shop.hai), shop.merchant, [], shop.now).code == "stock_count_wrong"


def test_quarantine_is_decided_with_a_reason(shop):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        conn.execute("update stock set quarantine = 3 where merchant_id = %s", (shop.merchant,))
    by = By(shop.hai)
    assert disposing.decide(shop.pool, by, shop.merchant, "CUP", "", 4, "sale", "完好", shop.now).code == "quarantine_short"
    assert disposing.decide(shop.pool, by, shop.merchant, "CUP", "", 1, "sale", " ", shop.now).field == "reason"
    assert disposing.decide(shop.pool, by, shop.merchant, "CUP", "", 1, "gift", "完好", shop.now).field == "to"
    assert disposing.decide(shop.pool, by, shop.merchant, "NONE", "", 1, "sale", "完好", shop.now).code == "sku_unknown"
    assert disposing.decide(shop.pool, by, shop.merchant, "CUP", "", 2, "sale", "包装完好", shop.now) is None
    assert disposing.decide(shop.pool, by, shop.merchant, "CUP", "", 1, "scrap", "杯口破裂", shop.now) is None
    assert shop.all("select on_hand, quarantine, scrapped from stock where merchant_id = %s and sku = 'CUP'", shop.merchant) == [(7, 0, 1)]
    assert [r[0] for r in shop.all("select note from stock_moves where merchant_id = %s and kind = 'disposed' order by seq", shop.merchant)] == ["包装完好", "杯口破裂"]
    assert disposing.decide(shop.pool, By(shop.new), shop.merchant, "CUP", "", 1, "sale", "完好", shop.now).code == "permission_missing"


def test_low_marks_are_kept_by_place(shop):
    assert disposing.warn_below(shop.pool, By(shop.hai), shop.merchant, "CUP", "", 3, shop.now) is None
    assert disposing.warn_below(shop.pool, By(shop.hai), shop.merchant, "CUP", "S", 3, shop.now).code == "sku_unknown"
    assert disposing.warn_below(shop.pool, By(shop.hai), shop.merchant, "CUP", "", -1, shop.now).field == "low_at"
    assert shop.all("select low_at from stock where merchant_id = %s", shop.merchant) == [(3,)]


def test_a_count_and_a_case_at_once_leave_both_explained(pool):
    shop = stocked(pool, {"CUP": 5})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1), type_="exchange")
    assert shop.say(case, v.ReissueWithoutReturn()).refusal is None
    told(shop, Said("CUP", on_hand=8, version=1))
    rows = shop.all("select kind, on_hand, held, on_hand_after, held_after, case_id is not null, actor_name from stock_moves where merchant_id = %s order by seq", shop.merchant)
    assert rows == [("counted", 5, 0, 5, 0, False, "system"), ("held", 0, 1, 5, 1, True, "阿海"), ("counted", 3, 0, 8, 1, False, "阿海")]

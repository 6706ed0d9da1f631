"""An ERP's messages about stock: for merchants that named it, in any order, doubled, and never for others (ST-K3, ST-K4)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from amends.engine.ids import new_id
from amends.worker.stock_messages import read_stock
from tests.engine.stock_shop import broken, counts, stocked

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
NAMED = {"stock_connector": {"name": "erp-a", "holds": False}}


def connection(name="erp-a"):
    return SimpleNamespace(id=new_id(), name=name, kind="stock")


def hear(shop, body, message="m1", of=None):
    raw = body if isinstance(body, str) else json.dumps(body)
    read_stock(SimpleNamespace(pool=shop.pool, home=Path("/tmp")), of or connection(), SimpleNamespace(id=message, connection_id="", body=raw), NOW)


def test_counts_and_changes_come_in_and_the_erp_declares_itself(pool):
    shop = stocked(pool, {"CUP": 1}, NAMED)
    items = [{"sku": "CUP", "on_hand": 20, "version": 3}, {"sku": "MUG", "warehouse": "南仓", "change": 4}]
    for _ in range(2):
        hear(shop, {"type": "stock", "merchant": shop.merchant, "items": items, "holds": True})
    assert (counts(shop, "CUP"), counts(shop, "MUG", "南仓")) == ((20, 0), (4, 0))
    assert shop.all("select settings -> 'stock_connector' from merchants where id = %s", shop.merchant) == [({"name": "erp-a", "holds": True},)]
    assert shop.all("select distinct actor_kind, actor_name from stock_moves where merchant_id = %s and sku = 'MUG'", shop.merchant) == [("system", "erp-a")]


def test_doubled_and_disordered_messages_end_as_if_in_order(pool):
    shop = stocked(pool, {}, NAMED)
    messages, value, chance, here = [], 0, Random(3), connection()
    for n in range(1, 25):
        if n % 6 == 1:
            value = 50 + n
            messages.append((f"m{n}", {"sku": "CUP", "on_hand": value, "version": n}))
        else:
            value += 2
            messages.append((f"m{n}", {"sku": "CUP", "change": 2, "version": n}))
    mixed = messages + chance.sample(messages, 8)
    chance.shuffle(mixed)
    for name, item in mixed:
        hear(shop, {"type": "stock", "merchant": shop.merchant, "items": [item]}, name, here)
    assert counts(shop, "CUP") == (value, 0)
    assert broken(shop) == []


def test_a_refused_line_does_not_stop_the_others(pool):
    shop = stocked(pool, {"CUP": 1}, NAMED)
    hear(shop, {"type": "stock", "merchant": shop.merchant, "items": [{"sku": "CUP", "change": -5}, {"sku": "MUG", "on_hand": 2}]})
    assert (counts(shop, "CUP"), counts(shop, "MUG")) == ((1, 0), (2, 0))


@pytest.mark.parametrize("body", ["[]", "{}", '{"type": "stock", "merchant": "x"}', '{"type": "stock", "items": [{"sku": 1}]}', "nonsense"])
def test_nonsense_is_given_back(pool, body):
    with pytest.raises(ValueError, match=r"."):
        hear(stocked(pool, {}, NAMED), body)


def test_nobody_speaks_of_another_merchants_stock(pool):
    shop = stocked(pool, {"CUP": 1})
    with pytest.raises(ValueError, match="has not named"):
        hear(shop, {"type": "stock", "merchant": shop.merchant, "items": [{"sku": "CUP", "on_hand": 9}]})
    with pytest.raises(ValueError, match="has not named"):
        hear(shop, {"type": "stock", "merchant": new_id(), "items": []})
    assert counts(shop, "CUP") == (1, 0)


def test_other_types_are_for_others(pool):
    hear(stocked(pool, {}, NAMED), {"type": "transfer", "transfer": {}})

"""The worker looks for late orders now and then, beside its rounds, and pays each once (CO-1)."""

from __future__ import annotations

from types import SimpleNamespace

from amends.store.connect import Pool
from amends.worker import late_shipment
from amends.worker.aside import Aside
from amends.worker.command import ALSO
from tests.engine.compensation_shop import NOON, compensation_shop, compensations, unshipped


def test_a_round_pays_what_is_late_and_nothing_twice(pool: Pool):
    shop = compensation_shop(pool)
    order = unshipped(shop)
    house = SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: NOON))
    beside = Aside("late-shipment", late_shipment.NowAndThen(), late_shipment.pay)
    for _ in range(3):
        assert beside(house) == 0
        beside.join(60)
    assert compensations(shop, order) == [("late_shipment", "granted", 5970)]


def test_it_looks_at_once_and_then_not_at_every_round(pool: Pool):
    due = late_shipment.NowAndThen()
    assert [due(None) for _ in range(3)] == [True, False, False]


def test_every_worker_does_it():
    assert late_shipment.LATE_SHIPMENT in ALSO

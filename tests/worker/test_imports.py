"""A long import runs beside the worker's rounds and holds none of them up."""

from __future__ import annotations

import time
from pathlib import Path

from amends.engine.clock import RealClock
from amends.engine.house import House
from amends.engine.importing import uploads
from amends.store.connect import Database, Pool
from amends.worker.imports import ImportsAside
from tests.engine.importer import merchant, orders, rows

FORM = "number,state,buyer_id,placed_at,line_sku,line_title,line_paid\n" + "".join(f"A{i:05d},shipped,lin,2026-03-01,CUP,杯子,1\n" for i in range(9000))


def test_an_import_runs_beside_the_rounds(pool: Pool, database_url: str, tmp_path: Path) -> None:
    house = House(pool, RealClock(), tmp_path, False, b"a secret of the tests, long enough", Database(database_url))
    aside, shop = ImportsAside(), merchant(pool)
    assert aside(house) == 0
    made = uploads.upload(pool, shop, [("a.csv", FORM.encode())], None, house.clock.now())
    assert isinstance(made, str)
    assert uploads.send(pool, shop, made, {"name": "amends"}, dry_run=False) == []
    began = time.monotonic()
    assert [aside(house) for _ in range(3)] == [0, 0, 0]
    took = time.monotonic() - began
    until = time.monotonic() + 90
    query = "select state, rows_new from imports where merchant_id = {m}"
    while rows(pool, shop, query) != [("done", 9000)] and time.monotonic() < until:
        time.sleep(0.05)
    assert rows(pool, shop, query) == [("done", 9000)]
    assert took < time.monotonic() - began, "asking does not wait for the import"
    assert len(orders(pool, shop)) == 9000

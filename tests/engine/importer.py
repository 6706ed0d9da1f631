"""Imports in the tests: a merchant of one's own, a file out of text, and what the tables hold afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from amends.engine.ids import new_id
from amends.engine.importing import mapping, run
from amends.engine.importing.mapping import Mapping
from amends.engine.importing.source import Source
from amends.store import imports
from amends.store.connect import PLATFORM, Pool, scope

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PLAIN = {
    "name": "plain", "dates": ["iso", "%Y/%m/%d %H:%M"],
    "order": {"number": "订单号", "buyer_id": "买家", "placed_at": "下单时间", "state": {"constant": "delivered"}, "paid": "实付", "province": "省"},
    "line": {"sku": "货号", "title": "商品", "quantity": "数量", "paid": "实付"},
}
HEADER = "订单号,买家,下单时间,实付,省,货号,商品,数量"


def plan(data: dict[str, Any] | None = None) -> Mapping:
    """A mapping out of data."""
    made, wrong = mapping.parse(data or PLAIN)
    assert made is not None, [w.say("en") for w in wrong]
    return made


def merchant(pool: Pool, **settings: Any) -> str:
    """A merchant with nothing in it."""
    id_ = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')", (id_, f"店 {id_[-4:]}"))
        for name, value in settings.items():
            conn.execute("update merchants set settings = settings || jsonb_build_object(%s::text, %s::int) where id = %s", (name, value, id_))
    return id_


def bring(pool: Pool, merchant_id: str | None, files: Sequence[Source] | str | bytes, by: Mapping | None = None, *,
          dry_run: bool = False, now: datetime = NOW, batch: int = 4000) -> tuple[run.Report, list[imports.RefusedRow]]:
    """Import and answer the report with every refused row."""
    if isinstance(files, str | bytes):
        files = [Source("orders.csv", content=files.encode() if isinstance(files, str) else files)]
    job = run.Job(by or plan(), files, new_id(), new_id(), merchant_id, dry_run, batch=batch)
    run.start(pool, job, now, {})
    report = run.perform(pool, job, now)
    with scope(pool, job.whose) as conn:
        refused = [row for page in imports.all_refused(conn, job.owner, job.import_id) for row in page]
    return report, refused


def rows(pool: Pool, merchant_id: str, query: str) -> list[tuple[Any, ...]]:
    """Rows as this merchant sees them; `{m}` stands for its id."""
    with scope(pool, UUID(merchant_id)) as conn:
        return conn.execute(query.replace("{m}", f"'{merchant_id}'")).fetchall()


def orders(pool: Pool, merchant_id: str) -> list[tuple[Any, ...]]:
    """Number, paid, province and placing time of every order, by number."""
    return rows(pool, merchant_id, "select number, paid_minor, province, placed_at from orders where merchant_id = {m} order by number")

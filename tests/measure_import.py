"""How fast orders come in, beside the floor taken in the same run: COPY of the same rows into the same tables by the database's owner.

Run it by hand: `python -m tests.measure_import [FILE]`; without a file it makes 30 000 orders of one line and one payment each.
Durability as in production (fsync on).
"""

from __future__ import annotations

import csv
import io
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from amends.engine.ids import new_id
from amends.engine.importing import mapping, run
from amends.engine.importing.source import Source
from amends.store import connect, embedded
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.migrate import migrate

TABLES = ("orders", "order_lines", "payments")
_COLUMNS = "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER' order by ordinal_position"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def made(count: int = 30_000) -> bytes:
    """A report in the form of the tmall mapping."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["订单编号", "总金额", "买家实际支付金额", "收货地址", "订单创建时间", "订单付款时间", "退款金额"])
    for i in range(count):
        at = NOW - timedelta(days=30) + timedelta(seconds=i * 61)
        table.writerow([i + 1, f"{i % 900 + 0.5:.1f}", f"{i % 900 + 0.5:.1f}", "江苏省", f"{at:%Y-%m-%d %H:%M:%S}", f"{at + timedelta(minutes=1):%Y-%m-%d %H:%M:%S}", "0.0"])
    return out.getvalue().encode()


def merchant(pool: Pool) -> str:
    """A merchant of one's own."""
    id_ = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, 'measured', 'jd', 'SOP')", (id_,))
    return id_


def bring(pool: Pool, source: Source) -> tuple[str, int, float]:
    """Import into a fresh merchant: its id, the orders, the seconds."""
    plan, _ = mapping.find("tmall")
    assert plan is not None
    job = run.Job(plan, [source], new_id(), new_id(), merchant(pool))
    began = time.perf_counter()
    run.start(pool, job, NOW, {})
    report = run.perform(pool, job, NOW)
    assert report.new, report
    return job.owner, report.new, time.perf_counter() - began


def floor(url: str, whose: str) -> float:
    """COPY the rows this merchant has, renamed to another merchant, into the tables; seconds of the COPY alone, three in one transaction."""
    other = new_id()
    with psycopg.connect(url, autocommit=True) as conn:
        dumps, columns = [], {}
        for table in TABLES:
            columns[table] = ", ".join(row[0] for row in conn.execute(_COLUMNS, (table,)))
            with conn.cursor().copy(f"copy (select {columns[table]} from {table} where merchant_id = '{whose}') to stdout") as copy:
                dumps.append(b"".join(bytes(part) for part in copy).replace(whose.encode(), other.encode()))
        began = time.perf_counter()
        with conn.transaction():
            for table, dump in zip(TABLES, dumps, strict=True):
                with conn.cursor().copy(f"copy {table} ({columns[table]}) from stdin") as copy:
                    copy.write(dump)
        return time.perf_counter() - began


def main() -> None:
    """Five rounds, the floor right after each import, because machines are noisy; the middle one of each figure counts."""
    source = Source("orders.csv.gz", Path(sys.argv[1])) if len(sys.argv) > 1 else Source("orders.csv", content=made())
    with tempfile.TemporaryDirectory(prefix="amends-measure-") as home:
        Path(home).chmod(0o755)
        server = embedded.start(Path(home) / "home")
        try:
            connect.make_database(server.url(), "measured")
            url = server.url("measured")
            migrate(url)
            pool = connect.open_pool(url)
            ours, floors = [], []
            for _ in range(5):
                whose, count, seconds = bring(pool, source)
                ours.append(count / seconds)
                floors.append(count / floor(url, whose))
                print(f"  import {ours[-1]:.0f}/s, floor {floors[-1]:.0f}/s, {ours[-1] / floors[-1]:.0%}")
            pool.close()
            share = statistics.median(a / b for a, b in zip(ours, floors, strict=True))
            print(f"import {statistics.median(ours):.0f} orders/s, COPY floor {statistics.median(floors):.0f} orders/s, {share:.0%} of the floor ({count} orders)")
        finally:
            server.stop()


if __name__ == "__main__":
    main()

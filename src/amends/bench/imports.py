"""Taking orders in from a file, beside COPY of the same rows into the same tables."""

import csv
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg

from amends.bench.figures import Figure
from amends.bench.rest import rest
from amends.engine.house import House
from amends.engine.ids import new_id, new_ids
from amends.engine.importing import mapping, source
from amends.engine.importing.run import Job, Report, perform, start
from amends.sim import crowd

COLUMNS = ("number", "state", "buyer_id", "placed_at", "paid_at", "receipt_confirmed_at", "freight", "line_sku", "line_title", "line_quantity", "line_unit_price", "line_paid",
           "payment_provider", "payment_ref", "payment_amount")
PLACED = "2026-03-01T08:00:00+08:00"


def imports(house: House, many: int, rounds: int = 3) -> Iterator[Figure]:
    """Orders a second by the product from CSV, and by COPY of finished rows.

    The median of some rounds, each with its floor right after it, for machines are noisy; all of them are told, and what an order costs the processor in both.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        _write(file, many)
        rates, floors, costs, whole = [], [], [], True
        for n in range(rounds):
            rest(house.database.url)
            before = time.process_time(), _database(house)
            began = time.perf_counter()
            report = _bring(house, file, f"导入 {n}")
            rates.append(report.new / (time.perf_counter() - began))
            costs.append((time.process_time() - before[0], _database(house) - before[1]))
            whole = whole and report.new == many
            floors.append(_copy(house, many))
    rate, floor = median(rates), median(floors)
    python, database = (1e6 * min(cost) / many for cost in zip(*costs, strict=True))
    told = f"median of {', '.join(f'{rate:,.0f}' for rate in rates)}; an order costs {python:.0f} µs in Python, {database:.0f} in the database"
    yield Figure(
        f"import of {many:,} orders from CSV", rate, "/s", ">= 20 000/s and >= 30 % of the floor", floor, whole and rate >= 20_000 and rate >= 0.3 * floor,
        told if whole else "orders are missing",
    )


def _bring(house: House, file: Path, name: str) -> Report:
    plan, wrong = mapping.find("amends")
    if plan is None:
        raise RuntimeError([r.say("en") for r in wrong])
    now = datetime.now(UTC)
    job = Job(plan, [source.Source(file.name, file)], new_id(), new_id(), crowd.merchant(house.pool, name))
    start(house.pool, job, now, {"name": "amends"})
    return perform(house.pool, job, now)


def _database(house: House) -> float:
    """Processor seconds of the backends that are there; 0 where the system does not tell."""
    with psycopg.connect(house.database.url) as conn:
        backends = [row[0] for row in conn.execute("select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")]
    files = [path for pid in backends if (path := Path(f"/proc/{pid}/stat")).exists()]
    return sum(sum(map(int, file.read_text("utf-8").rsplit(")", 1)[1].split()[11:13])) for file in files) / os.sysconf("SC_CLK_TCK")


def _write(file: Path, many: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for n in range(many):
            writer.writerow((f"B{n:09d}", "received", f"buyer-{n % 5000}", PLACED, PLACED, PLACED, "0.00", f"SKU{n % 900}", f"双层玻璃杯 {n % 900}", 1, "199.00", "199.00", "wechat", f"W{n}", "199.00"))


def _copy(house: House, many: int) -> float:
    """The same orders, lines and payments, finished, by COPY with the tables' own indexes and checks."""
    merchant, at = crowd.merchant(house.pool, "导入底线"), datetime.now(UTC)
    ids = iter(new_ids(3 * many))
    rows = [(next(ids), next(ids), next(ids), n) for n in range(many)]
    with psycopg.connect(house.database.url) as conn, conn.cursor() as cursor:
        began = time.perf_counter()
        with cursor.copy("copy orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, paid_minor, placed_at, paid_at, receipt_confirmed_at) from stdin") as copy:
            for order, _, _, n in rows:
                copy.write_row((merchant, order, f"B{n:09d}", "received", f"buyer-{n % 5000}", "SOP", "CNY", 19900, at, at, at))
        with cursor.copy("copy order_lines (merchant_id, order_id, id, position, sku, title, quantity, unit_price_minor, paid_minor) from stdin") as copy:
            for order, line, _, n in rows:
                copy.write_row((merchant, order, line, 0, f"SKU{n % 900}", f"双层玻璃杯 {n % 900}", 1, 19900, 19900))
        with cursor.copy("copy payments (merchant_id, id, order_id, provider, provider_ref, currency, amount_minor, paid_at) from stdin") as copy:
            for order, _, payment, n in rows:
                copy.write_row((merchant, payment, order, "wechat", f"W{n}", "CNY", 19900, at))
        conn.commit()
        return many / (time.perf_counter() - began)

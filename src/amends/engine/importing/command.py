"""`amends import orders FILE…`: orders from files, with a dry run and a list of every refused row."""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.house import House, open_house
from amends.engine.ids import new_id
from amends.engine.importing import mapping, run
from amends.engine.importing.source import Source
from amends.store import imports, shops
from amends.store.connect import PLATFORM, scope


def register(verbs: Any) -> None:
    """Add `amends import orders` to the command line."""
    group = verbs.add_parser("import", help="take in data from files").add_subparsers(dest="what", required=True)
    orders = group.add_parser("orders", help="orders from CSV, XLSX or JSON Lines, gzipped or not (docs/guides/import-orders.md)")
    orders.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder whose files fit the mapping")
    orders.add_argument("--mapping", default="amends", help=f"{', '.join(mapping.shipped())}, or a TOML file (default: amends)")
    orders.add_argument("--merchant", help="id or name; not for mappings that name merchants themselves")
    orders.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
    orders.add_argument("--errors", type=Path, metavar="CSV", help="write every refused row with line, reason and text to this file")
    orders.add_argument("--no-goods", action="store_true", help="do not enter unknown SKUs into the goods")
    orders.add_argument("--home", type=Path, help="the house's directory (default: AMENDS_HOME or var/amends)")
    orders.set_defaults(run=_orders)


def _orders(given: argparse.Namespace) -> int:
    plan, wrong = mapping.find(given.mapping)
    if plan is None:
        return _say(wrong)
    house = open_house(given.home)
    try:
        merchant_id = _merchant(house, given.merchant) if given.merchant else None
        if isinstance(merchant_id, Refusal):
            return _say([merchant_id])
        sources = _sources(given.files, plan)
        job = run.Job(plan, sources, new_id(), new_id(), merchant_id, given.dry_run, with_skus=not given.no_goods)
        if trouble := run.unfit(plan, sources, merchant_id):
            return _say([trouble])
        return _do(house, job, {"name": given.mapping}, given.errors)
    finally:
        house.close()


def _do(house: House, job: run.Job, kept: dict[str, object], errors: Path | None) -> int:
    began = time.monotonic()
    now = house.clock.now()
    run.start(house.pool, job, now, kept)
    report = run.perform(house.pool, job, now, _watch if sys.stderr.isatty() else None)
    if report.trouble:
        return _say([report.trouble])
    seconds = max(time.monotonic() - began, 1e-6)
    orders = report.new + report.changed + report.unchanged + report.refused
    print(f"{'试导入 dry run: ' if job.dry_run else ''}rows {report.rows}; orders {orders}: 新增 new {report.new}, 更新 changed {report.changed}, "
          f"未变 unchanged {report.unchanged}, 未导入 refused {report.refused}; {seconds:.1f} s, {orders / seconds:.0f} orders/s")
    if errors is not None:
        print(f"{_write_errors(house, job, errors)} → {errors}")
    return 1 if report.refused else 0


def _watch(report: run.Report) -> None:
    print(f"\r{report.rows} rows, {report.new} new, {report.changed} changed, {report.refused} refused", end="", file=sys.stderr, flush=True)


def _write_errors(house: House, job: run.Job, path: Path) -> int:
    """All refused rows, in a form that spreadsheets open; answers how many lines."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file, scope(house.pool, job.whose) as conn:
        table = csv.writer(file)
        table.writerow(["line", "field", "code", "原因", "reason", "row"])
        for page in imports.all_refused(conn, job.owner, job.import_id):
            table.writerows([x.line, x.field, x.code, x.reason_zh, x.reason_en, x.raw] for x in page)
            count += len(page)
    return count


def _sources(files: Sequence[Path], plan: mapping.Mapping) -> list[Source]:
    found: list[Source] = []
    for path in files:
        if path.is_dir():
            found += [Source(p.name, p) for p in sorted(path.iterdir()) if p.is_file() and any(p.match(m) for f in plan.files for m in f.match)]
        else:
            found.append(Source(path.name, path))
    return found


def _merchant(house: House, name: str) -> str | Refusal:
    with scope(house.pool, PLATFORM) as conn:
        found = shops.named(conn, name)
    if len(found) != 1:
        return Refusal("merchant_unknown", {"name": name}, "merchant")
    return str(UUID(found[0].id))


def _say(wrong: Sequence[Refusal]) -> int:
    for refusal in wrong:
        print(f"{refusal.say('zh')}\n{refusal.say('en')}")
    return 2

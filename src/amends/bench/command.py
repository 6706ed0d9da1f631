"""`amends bench`: measures, prints the table, writes JSON."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from amends.bench import floor_rates, holds, http_commands, imports, keywords, ledger, pure, queue_page, refunds, storm, strategies
from amends.bench.figures import Figure, table, write
from amends.engine.house import House, open_house

WORKS = ("pure", "keywords", "http", "storm", "queue", "import", "refunds", "holds", "ledger", "strategies")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    bench = verbs.add_parser("bench", help="measure the product beside its floors, on a fresh database with default durability")
    bench.add_argument("--only", choices=WORKS, action="append", help="only this work (may be given more than once)")
    bench.add_argument("--full", action="store_true", help="a million clocks, ten million cases; takes long (default: a tenth)")
    bench.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write the figures (default: bench.json)")
    bench.set_defaults(run=_bench)


def _bench(given: argparse.Namespace) -> int:
    home = Path(tempfile.mkdtemp(prefix="amends-bench-"))
    home.chmod(0o755)
    house = open_house(home / "home", connections=8)
    figures = []
    try:
        for figure in measure(house, tuple(given.only or WORKS), 10 if given.full else 1):
            figures.append(figure)
            print(table([figure]).splitlines()[1], flush=True)
    finally:
        house.close()
        shutil.rmtree(home, ignore_errors=True)
    print("\n" + table(figures))
    write(figures, given.json)
    return 0


def measure(house: House, works: tuple[str, ...], size: int) -> Iterator[Figure]:
    """The figures in order; `size` 10 for the full sizes of the architecture page."""
    if "pure" in works:
        yield pure.decisions()
        yield pure.verdicts()
    if "keywords" in works:
        yield keywords.scans()
    floor_url = ""
    if {"http", "storm"} & set(works):
        admin = house.database.url
        floor_url = admin.replace("/amends?", f"/{floor_rates.DATABASE}?")
        floor_rates.prepare(admin, floor_url)
    if "http" in works:
        floor, how = floor_rates.transition(floor_url, 8, 10)
        yield Figure(f"floor: transition, {how}", floor, "/s", "(floor)")
        yield http_commands.one_command(house, 12_000, 8, floor)
        yield http_commands.whole_return(house, 1_520, 8)
    if "storm" in works:
        floor = floor_rates.batches(floor_url, 8)
        yield Figure("floor: batches of 1 000 from Python", floor, "/s", "(floor)")
        yield storm.storm(house, 100_000 * size, floor)
    if "queue" in works:
        yield queue_page.queue_page(house, 100_000 * size, 900_000 * size)
    if "import" in works:
        yield from imports.imports(house, 20_000 * size)
    if "refunds" in works:
        yield from refunds.refunds(house, 3_000 * size)
    if "holds" in works:
        yield from holds.holds(house, 2_000 * size)
    if "ledger" in works:
        yield from ledger.statement(house, 100_000 * size)
    if "strategies" in works:
        yield strategies.evaluating(house, 100_000 * size)
        yield strategies.acting(house, 80_000 * size)

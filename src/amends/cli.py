"""The command `amends`."""

import argparse
from pathlib import Path

from amends import documents
from amends.sim.lives import Broken, live


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command; answers the exit status (0 well, 1 something found). `amends --help` lists them."""
    parser = argparse.ArgumentParser(prog="amends", description="善后 Amends: after-sales for marketplaces")
    verbs = parser.add_subparsers(dest="verb", required=True)
    docs = verbs.add_parser("docs", help="write the documents generated from the case tables")
    docs.add_argument("--to", type=Path, default=Path("docs"), help="the folder (default: docs)")
    docs.add_argument("--check", action="store_true", help="write nothing; exit 1 if a document is stale")
    docs.set_defaults(run=_docs)
    sim = verbs.add_parser("sim", help="live seeded lives over the pure core and check every invariant")
    sim.add_argument("--seed", type=int, default=0, help="the first life's seed")
    sim.add_argument("--lives", type=int, default=1000, help="how many lives")
    sim.add_argument("--story", action="store_true", help="print the story of each life")
    sim.set_defaults(run=_sim)
    given = parser.parse_args(arguments)
    return int(given.run(given))


def _docs(given: argparse.Namespace) -> int:
    names = documents.stale(given.to) if given.check else documents.write(given.to)
    for name in names:
        print(name)
    return 1 if given.check and names else 0


def _sim(given: argparse.Namespace) -> int:
    ends: dict[str, int] = {}
    for seed in range(given.seed, given.seed + given.lives):
        try:
            world = live(seed)
        except Broken as broken:
            print(broken)
            return 1
        ends[world.case.state] = ends.get(world.case.state, 0) + 1
        if given.story:
            print("\n".join([f"seed {seed}", *world.story, ""]))
    print(f"{given.lives} lives from seed {given.seed}, every invariant held; they ended: {ends}")
    return 0

"""`amends sim`: seeded lives over the pure core, or over the engine and a database."""

import argparse

from amends.sim.lives import Broken, live


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    sim = verbs.add_parser("sim", help="live seeded lives and check every invariant")
    sim.add_argument("--seed", type=int, default=0, help="the first life's seed")
    sim.add_argument("--lives", type=int, default=1000, help="how many lives")
    sim.add_argument("--story", action="store_true", help="print the story of each life")
    sim.set_defaults(run=_pure)


def _pure(given: argparse.Namespace) -> int:
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

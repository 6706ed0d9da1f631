"""`amends sim`: seeded lives over the pure core, or over the engine and a database of their own."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from amends.engine.packs import pack_ids
from amends.sim import cancel_lives, days, dispute_lives, lives, outside, quarrel_days
from amends.sim.life import Broken, World
from amends.store import connect, embedded
from amends.store.migrate import migrate

LIVES: dict[str, Callable[..., World]] = {"service_order": lives.live, "cancellation": cancel_lives.live, "dispute": dispute_lives.live}
"""How one life of each kind is lived over the pure core."""
LIVES_OF_A_SEED, QUARRELS_OF_A_SEED = 100, 16
"""So many lives share the merchants of one seed when there is a database."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    sim = verbs.add_parser("sim", help="live seeded lives and check every invariant")
    sim.add_argument("--seed", type=int, default=0, help="the first life's seed")
    sim.add_argument("--lives", type=int, default=1000, help="how many lives, of each kind over the pure core")
    sim.add_argument("--story", action="store_true", help="print the story of each life")
    sim.add_argument("--database", action="store_true", help=f"on the real engine and a database made for it and thrown away; {LIVES_OF_A_SEED} lives a seed")
    sim.add_argument("--quarrels", action="store_true", help=f"the same with few goods and many disputes and tickets; {QUARRELS_OF_A_SEED} lives a seed")
    sim.add_argument("--outside", action="store_true", help="a storm: real workers, a payment provider and a carrier that drop, double, delay and reorder a fifth of their messages")
    sim.add_argument("--cases", type=int, default=100, help="how many cases the storm has (default: 100)")
    sim.add_argument("--pack", default="", choices=["", *(name for name, _, _ in pack_ids())], help="live under this policy pack (default: each in turn)")
    sim.set_defaults(run=_sim)


def _sim(given: argparse.Namespace) -> int:
    if given.outside:
        return outside.run(given.cases, given.seed)
    return _on_database(given) if given.database or given.quarrels else _pure(given)


def _pure(given: argparse.Namespace) -> int:
    for kind, live in LIVES.items():
        ends: dict[str, int] = {}
        for seed in range(given.seed, given.seed + given.lives):
            try:
                world = live(seed, pack=given.pack)
            except Broken as broken:
                print(broken)
                return 1
            ends[world.case.state] = ends.get(world.case.state, 0) + 1
            if given.story:
                print("\n".join([f"{kind}, seed {seed}", *world.story, ""]))
        print(f"{given.lives} lives of a {kind} from seed {given.seed}, every invariant held; they ended: {ends}")
    return 0


def _on_database(given: argparse.Namespace) -> int:
    home = Path(tempfile.mkdtemp(prefix="amends-sim-"))
    home.chmod(0o755)
    server = embedded.start(home, durable=False)
    try:
        connect.make_database(server.url(), "amends")
        migrate(server.url("amends"))
        pool = connect.open_pool(server.url("amends"), max_size=4)
        try:
            return _days(pool, given)
        finally:
            pool.close()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _days(pool: connect.Pool, given: argparse.Namespace) -> int:
    began, seed, left, ends, lived, acts, steps = time.monotonic(), given.seed, given.lives, {}, 0, 0, 0  # type: ignore[var-annotated]
    while left > 0:
        share = min(left, QUARRELS_OF_A_SEED if given.quarrels else LIVES_OF_A_SEED)
        try:
            world = (quarrel_days.live_quarrel_days if given.quarrels else days.live_days)(pool, seed, share, pack=given.pack)
        except days.Broken as broken:
            print(f"{broken}\n\nagain: amends sim {'--quarrels' if given.quarrels else '--database'} --seed {seed} --lives {share}{f' --pack {given.pack}' if given.pack else ''}")
            return 1
        for state, many in world.states.items():
            ends[state] = ends.get(state, 0) + many
        lived, acts, steps, seed, left = lived + world.lives, acts + world.acts, steps + world.steps, seed + 1, left - share
        if given.story:
            print("\n".join([f"seed {seed - 1}", *world.stories, ""]))
    print(f"{lived} lives on a database from seed {given.seed}, {acts} commands, every invariant held after each of {steps} steps, in {time.monotonic() - began:.0f} s; they ended: {ends}")
    return 0

"""Which rows of a table lives have seen accepted."""

from collections.abc import Callable, Iterable

from amends.core.machine import Machine
from amends.sim.life import World


def rows_of(machine: Machine) -> set[tuple[str, str]]:
    """Every row of a table: state and verb."""
    return {(state, name) for state, row in machine.steps.items() for name in row}


def seen_by(live: Callable[[int], World], seeds: Iterable[int]) -> set[tuple[str, str]]:
    """The rows that were accepted in the lives of these seeds."""
    seen = set()
    for seed in seeds:
        world = live(seed)
        state = world.began
        for name, decision in world.events:
            seen.add((state, name))
            state = decision.state
    return seen

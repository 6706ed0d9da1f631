"""What acts by itself stands on the merchant's side of the table, bound by its permissions (SA-4)."""

from dataclasses import replace

import pytest

from amends.core.actor import Actor, Party
from amends.core.cases import TABLES
from amends.core.machine import Look, decide, possible
from amends.core.refusal import Refusal
from amends.core.verbs.buyer import Withdraw
from amends.core.verbs.review import Abandon
from tests.cast import NOON, service_order

STRATEGY = Actor(Party.SYSTEM, "row-1", "小额直接同意", "shop", frozenset({"service_order.abandon"}))
TABLE = TABLES["service_order"]


def asked(command, actor):
    return decide(TABLE, Look(service_order(), command, actor, NOON, {}))


def test_it_may_do_what_the_merchants_people_may_with_the_permission_it_was_given():
    decided = asked(Abandon(said_how="chat"), STRATEGY)
    assert not isinstance(decided, Refusal), decided
    assert decided.state == "withdrawn"


def test_without_the_permission_it_is_refused_like_a_person():
    assert asked(Abandon(said_how="chat"), replace(STRATEGY, permissions=frozenset())).code == "permission_missing"


def test_it_never_speaks_for_the_buyer():
    assert asked(Withdraw(), replace(STRATEGY, permissions=frozenset({"*"}))).code == "not_yours"


@pytest.mark.parametrize("state", list(TABLE.states), ids=list(TABLE.states))
def test_it_can_do_exactly_what_an_agent_with_these_permissions_can(state):
    agent = Actor(Party.MERCHANT, "agent", "知夏", "shop", frozenset({"*"}))
    assert possible(TABLE, service_order(state), replace(agent, party=Party.SYSTEM)) == possible(TABLE, service_order(state), agent)

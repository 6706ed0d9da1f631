"""Runs of reconciliation: for one merchant as its finance asks, for everybody as the command line and the night ask (MO-5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.adapters.payment.protocol import PaymentProvider
from amends.core.told import Told
from amends.engine.house import House
from amends.engine.reconcile import begin, fail, make
from amends.store import connections, reconciliations
from amends.store.connect import PLATFORM, scope
from amends.store.merchants import one
from amends.store.outbox import TRIES, Waiting
from amends.store.reconciliations import NOBODY
from amends.worker.providers import connected, provider_of


@dataclass(frozen=True, slots=True)
class Made:
    """One run that was made: whose, over which provider, and its figures; `error` where the statement could not be had."""

    merchant: str
    provider: str
    figures: dict[str, Any]
    error: str = ""


def perform_run(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """The effect `reconcile`: fetch the merchant's statement and compare. With the last try that fails the run says so."""
    with scope(house.pool, UUID(merchant)) as conn:
        run = reconciliations.find(conn, merchant, effect.body["run"])
    if run is None or run.state == "done":
        return
    try:
        provider = connected(house, run.provider)
        lines = list(provider.statement(run.from_at, run.to_at, UUID(merchant).hex))
        make(house.pool, merchant, run, lines, provider.look, house.clock.now())
    except OSError as error:
        if effect.attempts >= TRIES:
            fail(house.pool, merchant, run, str(error), house.clock.now())
        raise


def reconcile_all(house: House, since: datetime, until: datetime, name: str | None = None, by: str = "") -> list[Made]:
    """Every payment connection in use (or the one of this name), every merchant in its statement or with money moved through it, and lines of nobody."""
    out: list[Made] = []
    for connection in connections.active(house.pool, "payment", name):
        try:
            provider = provider_of(house, connection.name)
        except OSError as error:
            out.append(Made("", connection.name, {}, str(error)))
            continue
        if provider is not None:
            out += _one(house, provider, since, until, by)
    return out


def _one(house: House, provider: PaymentProvider, since: datetime, until: datetime, by: str) -> list[Made]:
    by_merchant: dict[str, list[Told]] = defaultdict(list)
    try:
        for line in provider.statement(since, until):
            by_merchant[_merchant(line.account)].append(line)
    except OSError as error:
        return [Made("", provider.name, {}, str(error))]
    with scope(house.pool, PLATFORM) as conn:
        for merchant in [m for m in by_merchant if m != NOBODY and one(conn, m) is None]:
            by_merchant[NOBODY] += by_merchant.pop(merchant)
        for merchant in reconciliations.merchants_with(conn, provider.name, since, until):
            by_merchant.setdefault(merchant, [])
    made = []
    for merchant, lines in sorted(by_merchant.items()):
        now = house.clock.now()
        run = begin(house.pool, merchant, provider.name, since, until, by, now)
        try:
            made.append(Made(merchant, provider.name, make(house.pool, merchant, run, lines, provider.look, now)))
        except OSError as error:
            fail(house.pool, merchant, run, str(error), now)
            made.append(Made(merchant, provider.name, {}, str(error)))
    return made


def _merchant(account: str) -> str:
    try:
        return str(UUID(hex=account))
    except ValueError:
        return NOBODY

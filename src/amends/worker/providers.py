"""Ways to payment providers: one adapter for each connection in use, kept while its address and secret stay the same."""

from __future__ import annotations

import threading

from amends.adapters.link import Link, Unreachable
from amends.adapters.payment.http import HttpProvider
from amends.adapters.payment.protocol import PaymentProvider
from amends.engine.house import House
from amends.store import connections
from amends.store.sealing import Locked
from amends.worker.log import log

_kept: dict[tuple[str, str, str], PaymentProvider] = {}
_lock = threading.Lock()


def provider_of(house: House, name: str) -> PaymentProvider | None:
    """The provider of this name as it is connected now; None if it has no connection in use. Raises Unreachable when its secret does not open here: what waits goes on once it does."""
    found = connections.active(house.pool, "payment", name)
    if not found:
        return None
    one = found[0]
    try:
        known = (one.name, one.base_url, secret := one.secret)
    except Locked as locked:
        log.warning("connection_locked", connection=one.name, key=locked.key)
        raise Unreachable(f"the secret of “{one.name}” does not open here ({locked}); bring the key back, or give it another secret") from locked
    with _lock:
        if known not in _kept:
            _kept[known] = HttpProvider(one.name, Link(one.base_url, secret))
        return _kept[known]


def connected(house: House, name: str) -> PaymentProvider:
    """The same, for what may be on its way there already. Raises Unreachable: once it is connected again the effect goes on."""
    if provider := provider_of(house, name):
        return provider
    raise Unreachable(f"no connection “{name}” is in use; take it into use again")

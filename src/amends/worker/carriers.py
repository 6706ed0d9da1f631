"""The connected carriers, each reached over one link that is kept."""

from __future__ import annotations

import threading

from amends.adapters.carrier.over_http import CarrierOverHttp
from amends.adapters.carrier.protocol import Carrier
from amends.adapters.link import Link, Unreachable
from amends.engine.house import House
from amends.store import connections
from amends.store.sealing import Locked
from amends.worker.log import log

_kept: dict[tuple[str, str], CarrierOverHttp] = {}
_lock = threading.Lock()


def carrier_of(house: House, connection_id: str) -> Carrier | None:
    """The carrier behind a connection; None when it is gone or not in use. Raises Unreachable when its secret does not open here."""
    found = connections.find(house.pool, connection_id)
    if found is None or not found.active or found.kind != "carrier":
        return None
    try:
        known = (found.base_url, found.secret)
    except Locked as locked:
        log.warning("connection_locked", connection=found.name, key=locked.key)
        raise Unreachable(f"the secret of “{found.name}” does not open here ({locked}); bring the key back, or give it another secret") from locked
    with _lock:
        if known not in _kept:
            _kept[known] = CarrierOverHttp(Link(*known))
        return _kept[known]

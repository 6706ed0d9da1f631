"""The connected carriers, each reached over one link that is kept."""

from __future__ import annotations

import threading

from amends.adapters.carrier.over_http import CarrierOverHttp
from amends.adapters.carrier.protocol import Carrier
from amends.adapters.link import Link
from amends.engine.house import House
from amends.store import connections

_kept: dict[tuple[str, str], CarrierOverHttp] = {}
_lock = threading.Lock()


def carrier_of(house: House, connection_id: str) -> Carrier | None:
    """The carrier behind a connection; None when it is gone or not in use."""
    found = connections.find(house.pool, connection_id)
    if found is None or not found.active or found.kind != "carrier":
        return None
    known = (found.base_url, found.secret)
    with _lock:
        if known not in _kept:
            _kept[known] = CarrierOverHttp(Link(found.base_url, found.secret))
        return _kept[known]

"""What every decision reads of the merchant: its pack, clock, currency, settings, and the periods in which clocks stand still."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.pauses import Suspension

_SUSPENSIONS = """(select json_agg(json_build_array(s.id, s.zh, s.en, s.starts_at, s.ends_at, s.clocks, s.regions, s.made_at) order by s.starts_at, s.id)
  from suspensions s where s.withdrawn_at is null)"""
COLUMNS = f"pack_ref, tz, currency, settings, fulfilment_mode, automates, {_SUSPENSIONS}"
"""The columns of `merchants` that make a MerchantSeen, in order."""


@dataclass(slots=True)
class MerchantSeen:
    """One merchant as decisions look at it. `pack` names pack and version (`jd@2`); `automates`: something may decide by itself."""

    pack: str = "jd@0"
    tz: str = "Asia/Shanghai"
    currency: str = "CNY"
    settings: dict[str, Any] = field(default_factory=dict)
    mode: str = "SOP"
    automates: bool = False
    suspensions: tuple[Suspension, ...] = ()


def merchant_of(row: tuple[Any, ...] | None) -> MerchantSeen:
    """A row of COLUMNS; what a merchant without a row would have."""
    if row is None:
        return MerchantSeen()
    pack, tz, currency, settings, mode, automates = row[:6]
    return MerchantSeen(pack, tz, currency, settings, mode, automates, suspensions_of(row[6]))


def suspensions_of(rows: list[list[Any]] | None) -> tuple[Suspension, ...]:
    """Suspensions as the query aggregates them. The name is the Chinese one; the id finds the rest."""
    return tuple(
        Suspension(datetime.fromisoformat(starts), datetime.fromisoformat(ends), frozenset(clocks), frozenset(regions), zh, str(id_), datetime.fromisoformat(made_at))
        for id_, zh, _, starts, ends, clocks, regions, made_at in rows or ()
    )

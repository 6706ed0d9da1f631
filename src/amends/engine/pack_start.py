"""The packs that come with the product, written down as versions when a house is opened (PO-14, decision 0010)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from amends.core.pack_release import Holder, Ref
from amends.core.pack_shape import document_of
from amends.core.policy import Pack, load_pack, parse_pack
from amends.engine.packs import pack_ids
from amends.store import packs as store
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.trouble import OperatorError

HOUSE = "Amends"
"""In whose name the product's own packs are written down."""


def sync(pool: Pool, now: datetime, *, demo: bool = False) -> list[tuple[str, int]]:
    """Write every built-in pack whose version is not there yet; answers what was new. Any number of processes may do it at once.

    The first version of a pack in a house is in force for everybody at once; a later one comes released to nobody, so that installing a new product
    changes no rules by itself: the platform opens it when it likes. Merchants at version 0 get what is in force for them.

    A document that differs from the one kept under the same version is a mistake of whoever changed the file: in a demo's house it replaces the kept
    one, because nobody was promised anything there; anywhere else it raises OperatorError, and the file must get a new version.
    """
    new: list[tuple[str, int]] = []
    with scope(pool, PLATFORM) as conn:
        for name, _, _ in pack_ids():
            pack = load_pack(name).pack
            assert pack is not None
            kept = store.one(conn, name, pack.version)
            if kept is None:
                store.lock(conn, name)
                if _write(conn, pack, now):
                    new.append((name, pack.version))
            elif parse_pack(kept["document"]).pack != pack:
                _changed(conn, pack, demo=demo)
        settle(conn, [name for name, _, _ in pack_ids()], now)
    return new


def settle(conn: Any, packs: list[str], now: datetime) -> None:
    """Merchants of these packs that still stand at version 0 get the version in force for them, and it is written down since when."""
    holders = store.at_zero(conn, packs)
    in_force = store.in_force(conn, now) if holders else []
    given: dict[Ref, list[str]] = {}
    for holder in holders:
        found = next((r.ref for r in in_force if r.ref[0] == holder.pack and r.audience.reaches(holder)), None)
        if found is not None:
            given.setdefault(found, []).append(holder.id)
    for ref, merchants in given.items():
        store.give(conn, merchants, *ref, "began", HOUSE, now)


def begin(conn: Any, merchant_id: str, pack: str, by: str, now: datetime) -> None:
    """A merchant that comes to be gets the version in force for it; where nothing is written down yet it stands at 0."""
    if version := version_for(conn, merchant_id, pack, now):
        store.give(conn, [merchant_id], pack, version, "began", by, now)


def offers(conn: Any, pack: str) -> bool:
    """Whether merchants can be given this pack: one that comes with the product, or a copy of which a version is in force."""
    return load_pack(pack).pack is not None or any(r["state"] == "released" and r["release"] for r in store.listed(conn, pack))


def version_for(conn: Any, merchant_id: str, pack: str, now: datetime) -> int:
    """Which version of a pack a merchant gets that comes to it now: the latest begun that reaches it, else the latest in force; 0 where nothing is written down."""
    of_pack = [r for r in store.in_force(conn, now) if r.ref[0] == pack]
    reached = next((r for r in of_pack if r.audience.reaches(Holder(merchant_id, pack, 0))), None)
    found = reached or next(iter(of_pack), None)
    return found.ref[1] if found else 0


def _write(conn: Any, pack: Pack, now: datetime) -> bool:
    first = store.latest(conn, pack.id) == 0
    made = store.add(conn, {
        "pack": pack.id, "version": pack.version, "state": "released", "document": document_of(pack), "valid_from": date.fromisoformat(pack.valid_from), "made_by": HOUSE, "made_at": now, "released_at": now,
    })
    if made:
        store.put_release(conn, {"pack": pack.id, "version": pack.version, "of_packs": [pack.id], "percent": 100 if first else 0, "merchants": [], "starts_at": now, "made_by": HOUSE, "now": now})
        store.carried(conn, pack.id, pack.version, now)
    return made


def _changed(conn: Any, pack: Pack, *, demo: bool) -> None:
    if not demo:
        raise OperatorError(
            f"规则包 {pack.id} 第 {pack.version} 版的内容与数据库里保存的不同：已发布的版本不能改。请把文件里的 version 加一。",
            f"Version {pack.version} of the pack {pack.id} differs from the one kept in the database: a released version never changes. Raise `version` in its file.",
        )
    store.lock(conn, pack.id)
    store.rewrite(conn, pack.id, pack.version, document_of(pack))

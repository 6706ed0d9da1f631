"""What a merchant's forms offer to choose from: people, return addresses, review reasons of the pack (ST-7, SO-27)."""

from functools import cache
from uuid import UUID

from amends.core.pack import StaffReasons
from amends.engine.deadlines import pack_of
from amends.store.connect import Pool, scope
from amends.store.screens import colleagues


def people_of(pool: Pool, merchant_id: str) -> list[tuple[str, str]]:
    """(id, name) of the merchant's active people, by name."""
    with scope(pool, UUID(merchant_id)) as conn:
        return colleagues.names(conn, merchant_id)


def addresses_of(pool: Pool, merchant_id: str) -> list[tuple[str, str, bool]]:
    """(id, label, default) of the return addresses, the default first."""
    with scope(pool, UUID(merchant_id)) as conn:
        return colleagues.addresses(conn, merchant_id)


def buyer_reasons(pool: Pool, merchant_id: str) -> list[tuple[str, str, str, str, str]]:
    """(group zh, group en, code, zh, en) of the reasons buyers may give under the merchant's pack, each code once (SO-27)."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = colleagues.pack(conn, merchant_id)
    return _reasons(found) if found else []


@cache
def _reasons(pack_id: str) -> list[tuple[str, str, str, str, str]]:
    out: dict[str, tuple[str, str, str, str, str]] = {}
    for groups in pack_of(pack_id).reasons.values():
        for group in groups:
            for leaf in group.leaves:
                out.setdefault(leaf.code, (group.zh, group.en, leaf.code, leaf.zh, leaf.en))
    return list(out.values())


def review_reasons(pool: Pool, merchant_id: str, verb: str) -> tuple[StaffReasons, ...]:
    """The pack's tree of reasons for this review command; empty where it has none."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = colleagues.pack(conn, merchant_id)
    trees = pack_of(found).review_reasons if found else {}
    return next((tree for name, tree in trees.items() if name == verb), ())

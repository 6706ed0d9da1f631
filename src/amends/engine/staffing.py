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


def buyer_reasons(pool: Pool, merchant_id: str, kind: str = "service_order") -> list[tuple[str, str, str, str, str]]:
    """(group zh, group en, code, zh, en) of the reasons buyers may give for a kind of case under the merchant's pack, each code once (SO-27)."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = colleagues.pack(conn, merchant_id)
    return REASONS[kind](found) if found and kind in REASONS else []


@cache
def _reasons(pack_id: str) -> list[tuple[str, str, str, str, str]]:
    out: dict[str, tuple[str, str, str, str, str]] = {}
    for groups in pack_of(pack_id).reasons.values():
        for group in groups:
            for leaf in group.leaves:
                out.setdefault(leaf.code, (group.zh, group.en, leaf.code, leaf.zh, leaf.en))
    return list(out.values())


@cache
def _cancel_reasons(pack_id: str) -> list[tuple[str, str, str, str, str]]:
    found = pack_of(pack_id).cancellation
    groups = (("客户原因", "The buyer's", found.reasons), ("删单原因", "For deletion", found.deletion_reasons))
    return [(zh, en, reason.code, reason.zh, reason.en) for zh, en, reasons in groups for reason in reasons]


REASONS = {"service_order": _reasons, "cancellation": _cancel_reasons}
"""Where a pack keeps the reasons of a kind of case."""


def hurry_after(pool: Pool, merchant_id: str) -> int:
    """Seconds after which a cancellation that waits for review is urgent, by the merchant's pack (CA-5)."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = colleagues.pack(conn, merchant_id)
    return pack_of(found).cancellation.urgent_after if found else 0


def review_reasons(pool: Pool, merchant_id: str, verb: str) -> tuple[StaffReasons, ...]:
    """The pack's tree of reasons for this review command; empty where it has none."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = colleagues.pack(conn, merchant_id)
    trees = pack_of(found).review_reasons if found else {}
    return next((tree for name, tree in trees.items() if name == verb), ())

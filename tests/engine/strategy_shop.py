"""A shop whose strategies are kept and whose cases are considered, as the worker would."""

from typing import Any

from amends.core.strategy import Row
from amends.core.strategy_json import encode_rows
from amends.engine import automate, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import considering
from tests.shop import Shop

SO, REVIEW = "service_order", "review"


def row(name: str = "七天无理由小额", command: str = "approve_return", *conditions: tuple[str, str, Any], mode: str = "on", fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One row as JSON; without conditions: every return."""
    return {
        "id": more.pop("id", new_id()), "name": name, "conditions": [{"fact": f, "op": o, "value": v} for f, o, v in conditions or [("case_type", "is", "return")]],
        "action": {"command": command, "fields": fields or {}}, "mode": mode, **more,
    }


def publish(shop: Shop, *rows: dict[str, Any], kind: str = SO, node: str = REVIEW, waiting: bool = False) -> strategies.Published:
    """These rows as the next version."""
    by = By(shop.hai)
    draft = strategies.draft(shop.pool, shop.merchant, kind, node)
    kept = strategies.save_draft(shop.pool, by, kind, node, list(rows), draft.version, shop.now)
    assert not isinstance(kept, list), [(r.field, r.say("zh")) for r in kept]
    done = strategies.publish(shop.pool, by, kind, node, "", shop.now, waiting)
    assert not isinstance(done, list), [(r.field, r.say("zh")) for r in done]
    return done


def consider(shop: Shop) -> int:
    """All that waits to be considered, as the worker does it."""
    total = 0
    while done := automate.work(shop.pool, shop.merchant, shop.now):
        total += done
    return total


def waiting(shop: Shop) -> int:
    """How many cases wait to be considered."""
    return len(shop.all("select 1 from considerations where merchant_id = %s", shop.merchant))


def decisions(shop: Shop) -> list[tuple[Any, ...]]:
    """(outcome, command, code of the refusal, table version), in order."""
    return shop.all("select outcome, command, refusal ->> 'code', table_version from strategy_decisions where merchant_id = %s order by at, case_id", shop.merchant)


def state(shop: Shop, case: str) -> str:
    """Where a case is."""
    return str(shop.row(case, "state")[0])


__all__ = ["REVIEW", "SO", "Row", "consider", "considering", "decisions", "encode_rows", "publish", "row", "state", "waiting"]

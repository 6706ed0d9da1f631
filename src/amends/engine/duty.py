"""On duty and off: whoever goes off duty gives the claims back to the pool (ST-7)."""

from datetime import datetime
from uuid import UUID

from amends.core.cases import TABLES
from amends.core.verbs.desk import Release
from amends.engine import batches
from amends.engine.audit import By, record
from amends.engine.ids import new_id
from amends.store import duty as rows
from amends.store.batches import Batch
from amends.store.connect import Pool, scope


def stands(pool: Pool, merchant_id: str, person_id: str) -> tuple[bool, int]:
    """Whether somebody is on duty, and how many open cases they have claimed."""
    with scope(pool, UUID(merchant_id)) as conn:
        return rows.on_duty(conn, merchant_id, person_id), len(rows.claimed(conn, merchant_id, person_id))


def go_on(pool: Pool, by: By, now: datetime) -> None:
    """On duty from now."""
    _put(pool, by, now, True)


def go_off(pool: Pool, by: By, now: datetime) -> Batch | None:
    """Off duty; the claims go back in one batch, which is answered (None where there were none, or without the right to release)."""
    actor = by.actor
    merchant = str(actor.merchant_id)
    _put(pool, by, now, False)
    with scope(pool, UUID(merchant)) as conn:
        cases = rows.claimed(conn, merchant, actor.id)
    if not cases or not any(actor.may(kind, "release") for kind in TABLES):
        return None
    batch = batches.start(pool, actor, new_id(), Release(), cases, {"queue": "all", "off_duty": True}, now)
    return batches.work(pool, merchant, batch.id, now)


def _put(pool: Pool, by: By, now: datetime, on: bool) -> None:
    with scope(pool, UUID(str(by.merchant_id))) as conn:
        if rows.put(conn, str(by.merchant_id), by.actor.id, on):
            record(conn, by, now, "on_duty" if on else "off_duty", ("person", by.actor.id), before={"on_duty": not on}, after={"on_duty": on})

"""Buyers' personal data over HTTP (ST-10): what is kept and until when, asking that it be erased, and copies. With a key of the platform; confirming is done by people who are signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.buyer_data_shapes import (
    ASKED,
    COPY_ASKED,
    BuyerCopyPage,
    BuyerCopyShown,
    BuyerErasurePage,
    BuyerErasureShown,
    BuyerMatter,
    BuyerMatterPage,
    BuyerStays,
)
from amends.api.door import Bytes, Call, Refused, Reply, refuse
from amends.api.records import read_record
from amends.core.refusal import Refusal
from amends.engine import buyer_erasure, buyer_export
from amends.engine.audit import By
from amends.store import buyer_erasures, buyer_exports
from amends.store.buyer_erasures import Asked
from amends.store.buyer_exports import Copied
from amends.store.connect import PLATFORM, scope


def matters(call: Call) -> Reply:
    """GET what is kept of a buyer at a merchant."""
    by = _platform(call, buyer_erasure.PERMISSION)
    call.known_queries("buyer_id")
    buyer = call.query("buyer_id", str, "")
    if not buyer:
        raise Refused(Refusal("required", {"zh": "客户编号", "en": "The buyer's id"}, "buyer_id"))
    found = _good(buyer_erasure.look(call.house.pool, by, call.merchant(), buyer, call.now))
    return Reply(BuyerMatterPage([
        BuyerMatter(one.number, one.order_id, one.case_id, len(one.cases), max(one.at, one.ended_at) if one.ended_at else one.at, BuyerStays(one.number, why.code, why.say(call.language)) if why else None) for one, why in found
    ]))


def erasures(call: Call) -> Reply:
    """GET the requests."""
    _platform(call, buyer_erasure.PERMISSION)
    call.known_queries()
    with scope(call.house.pool, PLATFORM) as conn:
        return Reply(BuyerErasurePage([_erasure(call, one) for one in buyer_erasures.listed(conn)]))


def ask(call: Call) -> Reply:
    """POST a request, once under the Idempotency-Key."""
    by = _platform(call, buyer_erasure.PERMISSION)
    call.known_queries()
    given, ident = _read(call, ASKED), str(call.command_id)
    known = _known_erasure(call, ident)
    if known is not None:
        return Reply(_erasure(call, known), replayed=True)
    _good(buyer_erasure.ask(call.house.pool, by, given["merchant_id"].lower(), given["buyer_id"], given["why"], given.get("reference", ""), call.now, ident))
    return _one_erasure(call, ident)


def erasure(call: Call, id: UUID) -> Reply:
    """GET one request."""
    _platform(call, buyer_erasure.PERMISSION)
    call.known_queries()
    return _one_erasure(call, str(id))


def withdraw(call: Call, id: UUID) -> Reply:
    """POST: take it back."""
    by = _platform(call, buyer_erasure.PERMISSION)
    call.known_queries()
    _one_erasure(call, str(id))
    wrong = buyer_erasure.withdraw(call.house.pool, by, str(id), call.now)
    if wrong is not None:
        raise Refused(wrong)
    return _one_erasure(call, str(id))


def copies(call: Call) -> Reply:
    """GET the copies."""
    _platform(call, buyer_export.PERMISSION)
    call.known_queries()
    with scope(call.house.pool, PLATFORM) as conn:
        return Reply(BuyerCopyPage([_copy(one) for one in buyer_exports.listed(conn, 100)]))


def make_copy(call: Call) -> Reply:
    """POST a copy, once under the Idempotency-Key."""
    by = _platform(call, buyer_export.PERMISSION)
    call.known_queries()
    given, ident = _read(call, COPY_ASKED), str(call.command_id)
    with scope(call.house.pool, PLATFORM) as conn:
        known = buyer_exports.one(conn, ident)
    if known is not None:
        return Reply(_copy(known), replayed=True)
    _good(buyer_export.make(call.house, by, given["merchant_id"].lower(), given["buyer_id"], given["why"], given.get("reference", ""), call.now, language=given.get("language", "zh-CN"), ident=ident))
    return _one_copy(call, ident)


def one_copy(call: Call, id: UUID) -> Reply:
    """GET one copy."""
    _platform(call, buyer_export.PERMISSION)
    call.known_queries()
    return _one_copy(call, str(id))


def download(call: Call, id: UUID) -> Reply:
    """GET its bytes."""
    by = _platform(call, buyer_export.PERMISSION)
    call.known_queries()
    _one_copy(call, str(id))
    return Reply(Bytes("application/zip", _good(buyer_export.take(call.house.pool, by, str(id), call.now))[1]))


def _platform(call: Call, permission: str) -> By:
    """Who asks; a merchant's key is told that this is the platform's."""
    if call.caller.merchant_id is not None:
        raise Refused(Refusal("not_yours", {"command": permission, "party": call.caller.party.value}))
    call.needs(permission)
    return By(call.caller, str(call.request.META.get("REMOTE_ADDR", "")))


def _good(answer: Any) -> Any:
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def _read(call: Call, table: Any) -> dict[str, Any]:
    wrong: list[Refusal] = []
    values = read_record(call.json(), table, "", wrong)
    refuse(wrong)
    return values


def _known_erasure(call: Call, ident: str) -> Asked | None:
    with scope(call.house.pool, PLATFORM) as conn:
        return buyer_erasures.one(conn, ident)


def _one_erasure(call: Call, ident: str) -> Reply:
    found = _known_erasure(call, ident)
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(_erasure(call, found))


def _one_copy(call: Call, ident: str) -> Reply:
    with scope(call.house.pool, PLATFORM) as conn:
        found = buyer_exports.one(conn, ident)
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(_copy(found))


def _erasure(call: Call, one: Asked) -> BuyerErasureShown:
    stays = [BuyerStays(held["number"], held["code"], Refusal(held["code"], held["facts"]).say(call.language)) for held in one.held]
    return BuyerErasureShown(
        one.id, one.merchant_id, one.buyer_id, one.why, one.reference, one.state, one.asked_name, one.asked_at, one.confirmed_name, one.confirmed_at, one.ended_at, one.next_at, one.erased, stays,
    )


def _copy(one: Copied) -> BuyerCopyShown:
    return BuyerCopyShown(
        one.id, one.merchant_id, one.buyer_id, one.why, one.reference, one.language, one.asked_name, one.asked_at, one.size, one.sha256, one.orders, one.cases, one.files, one.taken, one.gone_after, one.gone_at,
    )

"""Coupons over the API, as the shop tells of them (DE-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.api import order_forms as forms
from amends.api.door import Call, Refused, Reply, refuse
from amends.api.naming import plain
from amends.api.order_shapes import CouponKept, CouponsKept
from amends.api.records import read_record
from amends.api.shapes import FieldError
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.buyer_coupons import Kept, Told, keep


def told(call: Call) -> Reply:
    """POST coupons: each good one is kept, each bad one answered."""
    call.known_queries()
    body, wrong = call.json(), list[Refusal]()
    given = body.get("coupons")
    if not isinstance(given, list) or not 1 <= len(given) <= forms.MOST_COUPONS or set(body) != {"coupons"}:
        raise Refused(Refusal("too_many_items", {"most": forms.MOST_COUPONS}, "coupons"))
    coupons: list[Told] = []
    for i, item in enumerate(given):
        path = f"coupons[{i}]."
        if not isinstance(item, dict):
            wrong.append(Refusal("wrong_kind", {"zh": "优惠券", "en": "Coupon"}, path[:-1]))
            continue
        before, values = len(wrong), read_record(item, forms.COUPON, path, wrong)
        if "currency" in values and not (len(values["currency"]) == 3 and values["currency"].isascii() and values["currency"].isupper()):
            wrong.append(Refusal("currency_unknown", {"currency": values["currency"]}, path + "currency"))
        if len(wrong) == before:
            coupons.append(Told(**_instants(values)))
    refuse(wrong)
    answer = keep(call.house.pool, By(call.caller), call.merchant(), coupons, call.now)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    counts = {status: sum(k.status == status for k in answer) for status in ("new", "changed", "same", "refused")}
    return Reply(CouponsKept(**counts, results=[_kept(i, k, call) for i, k in enumerate(answer)]))


def _instants(values: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in ("valid_from", "valid_until") else value for name, value in values.items()}


def _kept(index: int, kept: Kept, call: Call) -> CouponKept:
    errors = [FieldError(kept.refusal.field, kept.refusal.code, plain(kept.refusal, call.language))] if kept.refusal else []
    return CouponKept(index, kept.code, kept.status, errors)

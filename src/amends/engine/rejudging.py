"""An application whose reason is changed is judged again: the new reason must be open to the goods, and what it asks for be there (PO-1, SO-5, SO-27).

What strategies, automatic agreement and reviewers read as the verdict of a case is then the verdict on the reason it now has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, cast

from amends.core.case import Case
from amends.core.commands import Command
from amends.core.divisions import province_named
from amends.core.eligibility import Goods, Verdict, verdict
from amends.core.findings import of_case
from amends.core.pack import Leaf, ServiceType
from amends.core.pack_flows import KEEP
from amends.core.refusal import Refusal
from amends.core.ways_back import refused
from amends.engine.deadlines import Deadlines

Row: TypeAlias = tuple[Any, ...]
"""A row of `store.batch.Found.goods`: case, then what `Goods` is made of."""


def goods_from(row: Row, body: Mapping[str, Any]) -> Goods:
    """The goods of a case as eligibility looks at them, with what `body` says was found about them (PO-2, PO-5, PO-6); pieces on service orders are not counted here, the guard of pieces does that."""
    _, platform, delivered, confirmed, province, order_facts, category, tags, gift, facts, quantity = row
    dated = (order_facts or {}).get("received_on")
    finding, (codes, short) = (facts or {}).get, of_case(body)
    return Goods(
        received=quantity, receipt_confirmed_at=confirmed, platform_signed_at=delivered if platform else None, trace_delivered_at=None if platform else delivered,
        staff_dated_at=datetime.fromisoformat(dated) if dated else None, category=category or "*", tags=frozenset(tags or ()), fitness=codes.union(finding("fitness") or ()),
        not_handled=codes.union(finding("not_handled") or ()), region=province_named(province) or None, freight_insured=bool((order_facts or {}).get("freight_insured")),
        gift=bool(gift), weight_short_mg=finding("weight_short_mg") if short is None else short,
    )


def changed(case: Case, command: Command | None, row: Row | None, clocks: Deadlines) -> dict[str, Any]:
    """The fact `rejudged` of a command that gives a case another reason: `refusal` (None: it may be asked for) and `verdict` as it stays with the case.

    Judged as of the application: changing the words of one buys no time and costs none. Empty where the reason stays or is no leaf of the tree (SO-27 refuses that).
    """
    reason = str(getattr(command, "reason", "") or "")
    leaf = clocks.pack.leaves.get((cast(ServiceType, case.type), reason), (None, frozenset()))[0]
    if row is None or leaf is None or reason == case.reason:
        return {}
    said = verdict(clocks.pack, goods_from(row, case.body), cast(ServiceType, case.type), reason, case.opened_at, clocks.calendar)
    return {"rejudged": {"refusal": _refusal(case, command, leaf, said, clocks), "verdict": kept(said, case.body)}}


def kept(said: Verdict, body: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict as it stays with a case. Nothing is sent where the goods are kept, so nobody pays a way."""
    if body.get("return_way") == KEEP:
        said = replace(said, freight=None)
    return {"allowed": said.allowed, "code": said.code, "rule": said.rule, "source": said.source, "zh": said.say("zh").rstrip("；"), "en": said.say("en").rstrip("; "), **said.facts}


def _refusal(case: Case, command: Command | None, leaf: Leaf, said: Verdict, clocks: Deadlines) -> Refusal | None:
    override = bool(case.body.get("override_reason"))  # staff took it in against the rules and said why (ST-057)
    if said.standing(override, "recorded" if override else "") == "refused":
        return Refusal("not_open", {"zh": said.say("zh"), "en": said.say("en")}, "reason")
    if way := refused(clocks.pack.flows, str(case.body.get("return_way") or ""), case.type, leaf.responsibility):
        return replace(way, field="reason")
    if leaf.text_required and not str(getattr(command, "description", "") or case.body.get("description") or "").strip():
        return Refusal("description_missing", field="description")
    if leaf.photos_required and not override and not (getattr(command, "photos", None) or case.body.get("photos")):
        return Refusal("photos_missing", field="photos")
    return None

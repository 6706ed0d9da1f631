"""Applications: what is open to an order's lines, taking one in, and the photos it names (SO-1 … SO-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api import application_shapes as shapes
from amends.api.door import Call, Refused, Reply, refuse
from amends.api.forms import APPLICATION, ITEM, MOST_ITEMS
from amends.api.records import read_record
from amends.core.actor import Party
from amends.core.eligibility import Verdict
from amends.core.refusal import Refusal
from amends.engine.application import Application, Applied, Item
from amends.engine.intake import LineOptions, OrderOptions, apply_for, open_options
from amends.engine.photos import BYTES_BELOW, take_photo


def apply(call: Call) -> Reply:
    """POST an application: a service order for each line, whole or not at all."""
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    if actor.party is Party.CARRIER:
        raise Refused(Refusal("not_yours", {"command": "apply", "party": actor.party.value}))
    if actor is call.caller:
        call.needs("speak_for_buyer")
    application = _read(call.json())
    answer = apply_for(call.house.pool, merchant, application, actor, call.now, str(call.command_id))
    if isinstance(answer, list):
        raise Refused(*answer)
    return Reply(_applied(answer), replayed=answer.replayed)


def _read(body: dict[str, Any]) -> Application:
    wrong: list[Refusal] = []
    values = read_record(body, APPLICATION, "", wrong, ("items",))
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        refuse([*wrong, Refusal("too_many_items", {"most": MOST_ITEMS}, "items")])
    assert isinstance(items, list)
    read = []
    for i, item in enumerate(items):
        if isinstance(item, dict):
            read.append(read_record(item, ITEM, f"items[{i}].", wrong))
        else:
            wrong.append(Refusal("wrong_kind", {"zh": "商品", "en": "Line"}, f"items[{i}]"))
    refuse(wrong)
    return Application(items=[Item(**item) for item in read], **values)


def _applied(answer: Applied) -> shapes.Applied:
    cases = [shapes.AppliedCase(c.case_id, c.number, c.state, c.line_id, c.existing) for c in answer.cases]
    return shapes.Applied(answer.application_id or None, answer.number or None, cases)


def order_options(call: Call, id: UUID) -> Reply:
    """GET what is open to each line of an order, until when, and if not why (SO-2)."""
    call.needs("read")
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    found = open_options(call.house.pool, merchant, str(id), call.now, actor.id if actor.party is Party.BUYER else None)
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(shapes.Options(found.order.id, found.order.number, [_line(line, found, call) for line in found.lines], found.photos_at_most, found.photo_bytes_below))


def _line(seen: LineOptions, found: OrderOptions, call: Call) -> shapes.LineOption:
    labels = {leaf.code: (leaf.zh, leaf.en)[call.at] for groups in found.groups.values() for group in groups for leaf in group.leaves}
    types = []
    for name, best in seen.types.items():
        reasons = [shapes.ReasonOption(v.reason, labels.get(v.reason, v.reason), v.allowed, v.code, v.say(call.language), v.until) for v in seen.reasons.get(name, [])]
        types.append(shapes.TypeOption(name, best.allowed, best.code, best.rule, best.say(call.language), best.until, _freight(best), reasons))
    return shapes.LineOption(seen.line.id, seen.line.sku, seen.line.title, seen.line.quantity, seen.left, types)


def _freight(best: Verdict) -> str | None:
    return None if best.freight is None else best.freight.back


def add_photo(call: Call) -> Reply:
    """POST the bytes of a picture; answers the id to name in a command or an application."""
    call.known_queries()
    found = take_photo(call.house.pool, call.merchant(), call.raw, call.caller.id, call.now, once=str(call.command_id))
    if isinstance(found, Refusal):
        raise Refused(found)
    return Reply(shapes.Photo(found))


PHOTO_BYTES = BYTES_BELOW

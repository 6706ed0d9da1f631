"""POST /cancellations: a refund before receipt, of a whole order or of some of its pieces (CA-1, CA-7, CA-8, CA-9, OR-5)."""

from __future__ import annotations

from typing import Any

from amends.api.application_shapes import Cancelled
from amends.api.door import Call, Refused, Reply, refuse
from amends.api.forms import CANCELLATION, MOST_ITEMS, PIECES
from amends.api.records import read_record
from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.engine.cancellation import Cancel, Pieces
from amends.engine.cancelling import cancel as open_cancellation


def cancel(call: Call) -> Reply:
    """Ask to cancel, as the buyer or for the buyer; asking twice answers the first."""
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    if actor.party is Party.CARRIER:
        raise Refused(Refusal("not_yours", {"command": "cancel", "party": actor.party.value}))
    if actor is call.caller:
        call.needs("speak_for_buyer")
    answer = open_cancellation(call.house.pool, merchant, _read(call.json(), actor), actor, call.now, str(call.command_id))
    if isinstance(answer, list):
        raise Refused(*answer)
    return Reply(Cancelled(answer.case_id, answer.number, answer.state, answer.existing), replayed=answer.replayed)


def _read(body: dict[str, Any], actor: Actor) -> Cancel:
    wrong: list[Refusal] = []
    values = read_record(body, CANCELLATION, "", wrong, ("lines",))
    if actor.party is Party.BUYER and values.get("source", "buyer") != "buyer":
        wrong.append(Refusal("not_a_choice", {"zh": "来源", "en": "Source", "choices": ["buyer"]}, "source"))
    lines = body.get("lines") or []
    if not isinstance(lines, list) or len(lines) > MOST_ITEMS:
        refuse([*wrong, Refusal("too_many_items", {"most": MOST_ITEMS}, "lines")])
    pieces = []
    for i, line in enumerate(lines):
        if isinstance(line, dict):
            pieces.append(read_record(line, PIECES, f"lines[{i}].", wrong))
        else:
            wrong.append(Refusal("wrong_kind", {"zh": "商品", "en": "Line"}, f"lines[{i}]"))
    refuse(wrong)
    return Cancel(values.pop("order_id"), values.pop("reason"), [Pieces(**piece) for piece in pieces], **values)

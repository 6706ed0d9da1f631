"""The platform answers a call for help, or opens a dispute from it (SO-30). Both go the one road; the same command id acts once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from amends.core.actor import Actor
from amends.core.refusal import Refusal
from amends.core.verbs.desk import AnswerCall
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id
from amends.store.connect import Pool
from amends.store.screens import calls
from amends.store.screens.calls import Call


def answer(pool: Pool, actor: Actor, call: Call, words: str, command_id: str, now: datetime, dispute: str = "") -> Refusal | None:
    """Say it to whoever called; None when it was said. What is too long or empty is refused by its field."""
    wrong = _wrong(words)
    if wrong is not None:
        return wrong
    asked = Asked(command_id, call.merchant_id, call.case_id, AnswerCall(words.strip(), dispute), actor)
    return handle(pool, [asked], now)[0].refusal


def turn_into_dispute(pool: Pool, actor: Actor, call: Call, asked: Opening, words: str, command_id: str, now: datetime) -> Opened | list[Refusal]:
    """Open a dispute about the case of a call and answer the call with it. After a fall in between, the same again goes on where it stopped."""
    if not call.order_id:
        return [Refusal("call_no_order")]
    wrong = _wrong(words, "answer")
    if wrong is not None:
        return [wrong]
    if not actor.may(call.kind, "answer_call"):
        return [Refusal("permission_missing", {"permission": f"{call.kind}.answer_call"})]
    opened = open_dispute(pool, call.merchant_id, asked, actor, now, command_id)
    if isinstance(opened, list):
        return opened
    refusal = answer(pool, actor, call, words, str(uuid5(UUID(command_id), "answer")), now, opened.number)
    return opened if refusal is None or refusal.code == "no_call_open" else [refusal]


def known(pool: Pool, merchant_id: str, call_id: str) -> Call | None:
    """One call of any merchant; None for anything that is none."""
    return calls.one(pool, merchant_id, call_id) if is_id(merchant_id) and is_id(call_id) else None


def _wrong(words: str, field: str = "words") -> Refusal | None:
    if not words.strip():
        return Refusal("required", {"zh": "答复", "en": "Answer"}, field)
    return Refusal("too_long", {"zh": "答复", "en": "Answer", "most": 500, "now": len(words.strip())}, field) if len(words.strip()) > 500 else None

"""What a call for help, and its answer, leave beside the case: a row that the platform's list is read from (SO-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.core.machine import Decision, Look
from amends.engine.ids import new_id

if TYPE_CHECKING:
    from amends.engine.beside import Beside


def carry(beside: Beside, look: Look, decision: Decision) -> None:
    """A call is kept with who called and why; an answer closes what is open of the case, and a buyer who called reads it among the messages."""
    changes, case, actor = decision.changes, look.case, look.actor
    if changes["call_open"]:
        c: Any = look.command
        words = str(getattr(c, "reason", "") if decision.event == "platform_called" else getattr(c, "words", ""))
        rule = (changes.get("platform_in") or {}).get("rule", "")
        beside.add(
            look, "add_calls", id=new_id(), case_id=case.id, version=case.version + 1, side=changes["called_by"], actor_id=actor.id, actor_name=actor.name,
            cause=rule or getattr(c, "cause", ""), words="" if rule else words,
        )
        return
    answer = changes["call_answer"]
    beside.add(look, "answer_calls", case_id=case.id, by=actor.id, name=actor.name, answer=answer["words"], dispute=answer["dispute"] or None)
    if answer["to"] == "buyer":
        beside.add(look, "add_messages", id=new_id(), case_id=case.id, actor_kind=actor.party.value, actor_id=actor.id, actor_name=actor.name, body=answer["words"], file_ids=[])

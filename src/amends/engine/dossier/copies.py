"""Whose copy of a dossier it is, and what it hides: each side's masks the other's personal data as the pages do; the platform's may be whole (ST-10, DI-10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amends.core.dispute_sight import unsettled_ticket
from amends.core.dossier import Who
from amends.core.masking import mask_address, mask_name, mask_phone
from amends.engine.dossier import words

SIDES = ("merchant", "buyer", "platform")
PERSONAL = {"address": mask_address, "replacement_address": mask_address, "detail": mask_address, "phone": mask_phone, "receiver": mask_name}
"""Names under which a buyer's personal data stands in events, wherever they are."""
NOTES = frozenset({"noted"})
"""Notes among staff are their own and stand in no copy; that there was one, when and by whom, does."""
DESK = frozenset({"claimed", "released", "assigned", "priority_set", "marked_unreasonable", "alert_raised", "alert_acknowledged", "findings_recorded"})
"""The merchant's own doings at its desk."""
JUDGING = frozenset({"judgement_returned"})
"""Of the judges' second pair of eyes the sides are not told."""
PENDING = {"adjudicated": "awaiting_adjudication", "appeal_upheld": "appealing"}
"""A judgement that waits for a second person leads to the state it came from; until then nobody outside has heard it."""
REMARKS = frozenset({"judgement_confirmed", "ticket_decision_approved"})
"""What one judge remarks to another is said to nobody else."""
NAMED = {"by_name": "platform", "second_name": "platform", "dismissed_by": "platform", "assignee_name": "merchant", "person_name": "merchant", "inspector_name": "merchant"}
"""Names of people inside events, and whose people they are."""
REPLIES = {"words_buyer": "buyer", "words_merchant": "merchant"}
"""The reply of a judgement to one side is that side's."""
OPEN = {"merchant": "merchant", "buyer": "buyer"}
"""Whose people a side's copy names in full."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `unmasked` only for the platform's, with an audit row of its own."""

    side: str
    unmasked: bool = False

    @property
    def masks_buyer(self) -> bool:
        """Whether the buyer's name, phone and address are hidden."""
        return self.side != "buyer" and not self.unmasked

    def receiver(self, name: str) -> str:
        """The receiver's name as this copy shows it."""
        return mask_name(name) if self.masks_buyer else name

    def phone(self, phone: str) -> str:
        """The receiver's phone."""
        return mask_phone(phone) if self.masks_buyer else phone

    def address(self, address: str) -> str:
        """Where the order went."""
        return mask_address(address) if self.masks_buyer else address

    def who(self, party: str, name: str | None) -> Who:
        """A person of a party: in full in their own side's copy and in a whole one, else masked. Machines have no name."""
        if party not in SIDES or not name:
            return Who(party, words.party(party))
        return Who(party, words.party(party), name if self.unmasked or OPEN.get(self.side) == party else mask_name(name))

    def hides(self, event: Mapping[str, Any]) -> str:
        """Why an event's content is not in this copy: `note`, `internal`, or empty. Of an event its name, body and actor_kind are looked at."""
        name, body = str(event["name"]), event["body"]
        if name in NOTES:
            return "note"
        if self.side == "buyer" and (name in DESK or _among_others(event)):
            return "internal"
        if self.side != "platform" and (name in JUDGING or PENDING.get(name) == body.get("to") or unsettled_ticket(name, body)):
            return "internal"
        return ""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """An event as this copy may show it; equal to what was given where nothing in it is hidden."""
        out: dict[str, Any] = self._veiled(record)
        if self.side == "buyer":  # what the house noted beside the act is not the buyer's to read
            out["body"]["changes"] = {}
        if self.side != "platform" and record["name"] in REMARKS:
            out["body"]["input"] = {}
        if out["actor_name"]:
            out["actor_name"] = self.who(str(record["actor_kind"]), str(record["actor_name"])).name
        return out

    def _veiled(self, value: Any) -> Any:
        if isinstance(value, dict):
            asked = "question" if "side" in value and "words" in value else ""  # a judge's question bears the judge's name
            kept = {k: v for k, v in value.items() if self.side == "platform" or REPLIES.get(k, self.side) == self.side}
            return {k: self._one(k, v, asked) for k, v in kept.items()}
        return [self._veiled(v) for v in value] if isinstance(value, list) else value

    def _one(self, name: str, value: Any, asked: str) -> Any:
        if isinstance(value, str) and value:
            if self.masks_buyer and name in PERSONAL:
                return PERSONAL[name](value)
            whose = "platform" if asked and name == "by" else NAMED.get(name)
            if whose and not self.unmasked and OPEN.get(self.side) != whose:
                return mask_name(value)
        return self._veiled(value)


def _among_others(event: Mapping[str, Any]) -> bool:
    """Between merchant and platform: questions put to the merchant and its answers, answers to its calls for help, a ticket handed back to it. The buyer's pages have none of it."""
    name, body = event["name"], event["body"]
    if name == "side_asked":
        return bool((body.get("input") or {}).get("side") != "buyer")
    if name == "call_answered":
        return bool(((body.get("changes") or {}).get("call_answer") or {}).get("to") != "buyer")
    return bool(name == "ticket_handed_back" or (name == "question_answered" and event["actor_kind"] != "buyer"))

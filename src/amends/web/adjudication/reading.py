"""One dispute as the desk reads it for one person: the case, what stands beside it, what this person may do (UI-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from amends.core.actor import Actor
from amends.core.machine import Move
from amends.core.pack_disputes import NOT_OFFERED, Disputes
from amends.core.refusal import Refusal
from amends.engine.liability import measure_of
from amends.engine.sight import Sight, see
from amends.store.screens.adjudication import Beside, beside
from amends.store.screens.case import CaseSeen, read_case
from amends.web import wording
from amends.web.case.offers import Offers, offers_of


class Known(dict[str, Any]):
    """Facts for a template: what was never noted is None, not an error."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass(slots=True)
class Desk:
    """Everything read. `facts` are the case's."""

    merchant_id: str
    seen: CaseSeen
    sight: Sight
    beside: Beside
    offers: Offers
    actor: Actor

    @property
    def facts(self) -> dict[str, Any]:
        """What the case notes."""
        return self.seen.case.facts

    @property
    def section(self) -> Disputes:
        """The pack's figures, grounds and rules, in the version the dispute was opened under."""
        found: Disputes = self.sight.facts.get("disputes") or NOT_OFFERED
        return found

    @property
    def room(self) -> int:
        """What can still be given back of what is in dispute, in minor units."""
        return int(self.sight.facts.get("room", 0))

    @property
    def mode(self) -> str:
        """What there is to do: early (the sides are at it), judge, second (a judgement waits for its second person), appeal, judged, ended."""
        case = self.seen.case
        if case.closed_at is not None:
            return "ended"
        if self.facts.get("pending"):
            return "second"
        return {"awaiting_adjudication": "judge", "appealing": "appeal", "adjudicated": "judged"}.get(case.state, "early")

    def move(self, verb: str) -> Move | None:
        """What this person may do, with what still stands in its way."""
        return next((m for m in self.sight.moves if m.verb == verb), None)

    def tell(self, request: Any, refusal: Refusal) -> str:
        """A refusal in words, its money as money."""
        return wording.refusal(refusal, request.lang, request.zone, request.now, self.seen.case.currency, "dispute")


def read(request: Any, merchant_id: Any, case_id: Any) -> Desk:
    """The desk of one dispute; what is no dispute is no page."""
    pool, merchant, case = request.house.pool, str(merchant_id), str(case_id)
    seen = read_case(pool, merchant, case, request.now)
    if seen is None or seen.case.kind != "dispute":
        raise Http404
    actor = request.person.actor()
    sight = see(pool, merchant, case, actor, request.now)
    more = beside(pool, merchant, case, request.now, measure_of(sight.deadlines.pack).days) if sight is not None else None
    if sight is None or more is None:
        raise Http404
    seen.case.facts = Known(seen.case.facts)
    return Desk(merchant, seen, sight, more, offers_of(seen, sight.facts, sight.deadlines.pack, request.lang), actor)

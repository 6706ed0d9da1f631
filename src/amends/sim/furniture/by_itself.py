"""What acts by itself in the demo: the main merchant's strategies, a merchant that takes part in fast review, a suspension to come (SA-1, SO-31, PO-15)."""

from datetime import datetime, time, timedelta, timezone
from typing import Any

from amends.core.actor import Actor
from amends.core.strategies_ready import Made, make
from amends.engine import automate, fast_review, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.suspensions import Draft
from amends.engine.suspensions import make as suspend
from amends.sim.furniture.cast import Store
from amends.store.connect import Pool

SINCE = timedelta(hours=40)
"""So long ago the main merchant's strategies were published: long enough to have met their limit twice, short enough that people decided what is older."""
ZONE = timezone(timedelta(hours=8))
REGIONS = ["北京市", "天津市", "河北省"]


class ByItself:
    """The merchants for whom something decides, moved along with the play's time."""

    def __init__(self, pool: Pool, strategist: Store, quick: Store, opened: datetime, now: datetime) -> None:
        self._pool, self._strategist, self._quick, self._since, self._published = pool, strategist, quick, now - SINCE, False
        refusal = fast_review.join(pool, By(quick.main), opened)
        assert refusal is None, refusal.say("zh")

    def until(self, at: datetime) -> None:
        """Publish when the time has come; look at whatever waits to be considered, as a worker would have."""
        if not self._published and at >= self._since:
            self._publish(at)
        for store in (self._quick, self._strategist) if self._published else (self._quick,):
            while automate.work(self._pool, store.id, at):
                pass

    def _publish(self, at: datetime) -> None:
        merchant, by = self._strategist.id, By(self._strategist.main)
        seen = strategies.draft(self._pool, merchant, "service_order", "review")
        kept = strategies.save_draft(self._pool, by, "service_order", "review", _rows(), seen.version, at)
        assert not isinstance(kept, list), [r.say("zh") for r in kept]
        done = strategies.publish(self._pool, by, "service_order", "review", "每天先开三单；仅退款只观察，看一周再开。", at)
        assert not isinstance(done, list), [r.say("zh") for r in done]
        self._published = True


def _rows() -> list[dict[str, Any]]:
    """One that acts three times a day at most, one that only looks on, one that is switched off."""
    on, shadow = _ready("unopened_no_reason", {"amount": 50000, "per_buyer": 2}), _ready("quality_with_photos", {"amount": 15000, "photos": 1, "amount_per_day": 60000})
    on["name"] = "七天无理由未拆封"
    for condition in on["conditions"]:
        if condition["fact"] == "reason":
            condition |= {"op": "in", "value": ["no_reason", "changed_mind", "bought_wrong"]}
    on["limits"] = {**on.get("limits", {}), "per_day": 3}
    off = {
        "name": "常退款的客户请主管看", "conditions": [{"fact": "buyer_applications_30", "op": "ge", "value": 3}, {"fact": "buyer_refund_rate_90", "op": "ge", "value": 60}],
        "action": {"command": "raise_alert", "fields": {"words": "近期退款较多，请主管看过再处理"}}, "mode": "off",
    }
    return [{"id": new_id(), **row, "mode": mode} for row, mode in ((on, "on"), (shadow, "shadow"), (off, "off"))]


def _ready(code: str, values: dict[str, int]) -> dict[str, Any]:
    made = make(code, values, "zh")
    assert made
    assert isinstance(made[0], Made), made
    return made[0].row


def snow(pool: Pool, operator: Actor, now: datetime) -> None:
    """The platform has announced a suspension: three whole days from the day after tomorrow."""
    first = datetime.combine((now.astimezone(ZONE) + timedelta(days=2)).date(), time(), ZONE)
    draft = Draft("华北暴雪", "Snow in North China", first, first + timedelta(days=3), ["ship_back", "transit", "receive"], REGIONS)
    made = suspend(pool, By(operator), draft, now)
    assert isinstance(made, str), [r.say("zh") for r in made]

"""What tests of disputes say again and again: opening one, judging it, letting the house work and the money move."""

from types import SimpleNamespace
from typing import Any

from amends.core.actor import ALL, PROVIDER_ACTOR, Actor, Party
from amends.core.verbs import dispute as v
from amends.core.verbs.desk import RecordTransfer
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.payout_answers import moved as payout_moved
from amends.worker.effects import perform
from amends.worker.outside import perform_outside
from tests.shop import LIN, Shop

HOUSE = ("carry_plan", "apply_remedy", "undo_remedy", "tell_cancellation")
SECOND = Actor(Party.PLATFORM, "0190aaaa-0000-7000-8000-000000000002", "复核", None, ALL)
THIRD = Actor(Party.PLATFORM, "0190aaaa-0000-7000-8000-000000000003", "三审", None, ALL)
FOURTH = Actor(Party.PLATFORM, "0190aaaa-0000-7000-8000-000000000004", "四审", None, ALL)
__all__ = ["PROVIDER_ACTOR"]


class Standing:
    """A clock that stands where the shop's does."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def now(self) -> Any:
        return self.shop.now


def dispute(shop: Shop, order: str, scenario: str = "goods_quality", case: str = "", *, by: Actor = LIN, demand: str = "refund", **more: Any) -> str:
    """The id of a dispute that is taken in."""
    opened = open_dispute(shop.pool, shop.merchant, Opening(order, scenario, demand, "有纠纷", case, more.get("amount")), by, shop.now, more.get("command_id", new_id()))
    assert isinstance(opened, Opened), [r.say("zh") for r in opened]
    return opened.case_id


def judgement(kind: type[v.Adjudicate] = v.Adjudicate, **more: Any) -> v.Adjudicate:
    """A judgement; nothing for anybody if nothing is said."""
    return kind(**{"liability": "none", "outcome": "nothing", "rules": ["DI-G3"], "words_buyer": "按现有材料", "words_merchant": "按现有材料", **more})


def nothing_more(shop: Shop, case: str) -> None:
    """Both sides say that they add nothing more, as far as evidence is still open (DI-5)."""
    for actor in (LIN, shop.hai):
        answer = shop.say(case, v.FinishEvidence(), actor)
        assert answer.refusal is None or answer.refusal.code in ("evidence_closed", "evidence_finished_before"), answer.refusal.say("zh")


def to_judge(shop: Shop, case: str) -> None:
    """The platform takes it over, and nobody adds anything more."""
    if shop.row(case, "state") != ("awaiting_adjudication",):
        assert shop.say(case, v.StepIn(words="介入"), shop.arbiter).refusal is None
    nothing_more(shop, case)


def judged(shop: Shop, case: str, **more: Any) -> None:
    """The platform takes it over and judges; a second person confirms where one must."""
    to_judge(shop, case)
    answer = shop.say(case, judgement(**more), shop.arbiter)
    assert answer.refusal is None, answer.refusal.say("zh")
    if answer.state == "awaiting_adjudication":
        assert shop.say(case, v.ConfirmJudgement(), SECOND).state == "adjudicated"


def upheld(shop: Shop, case: str, *, by: Actor | None = None, judge: Actor = THIRD, **more: Any) -> None:
    """One side appeals, and somebody else judges anew."""
    assert shop.say(case, v.Appeal(words="不服"), by or shop.hai).state == "appealing"
    answer = shop.say(case, judgement(v.UpholdAppeal, **more), judge)
    assert answer.refusal is None, answer.refusal.say("zh")
    if answer.state == "appealing":
        assert shop.say(case, v.ConfirmJudgement(), FOURTH).state == "adjudicated"


def house(shop: Shop, names: tuple[str, ...] = HOUSE) -> None:
    """The house works off what it has to do."""
    worker = SimpleNamespace(pool=shop.pool, clock=Standing(shop))
    while perform_outside(worker, names):
        pass


def paid(shop: Shop, case: str) -> None:
    """Finance transfers everything that waits: refunds of the case, and what was awarded in it."""
    perform(shop.pool, shop.merchant, shop.now)
    for (request,) in shop.all("select id::text from refund_requests where case_id = %s and state = 'requested'", case):
        assert shop.say(case, RecordTransfer(request, "T1")).refusal is None
    for (request,) in shop.all("select r.id::text from refund_requests r join compensations k on k.merchant_id = r.merchant_id and k.id = r.compensation_id where k.case_id = %s and r.state = 'requested'", case):
        assert payout_moved(shop.pool, shop.merchant, request, "T2", shop.now) is None


def purses(shop: Shop) -> dict[str, int]:
    """Every account of the merchant that is not at nothing."""
    return {a: b for a, b in shop.all("select account, balance_minor from ledger_balances where merchant_id = %s", shop.merchant) if b}

"""Fast review on the real database: who joins, what passes at once, the six hours otherwise, leaving (SO-31)."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from amends.core.verbs.buyer import Answer
from amends.core.verbs.desk import Note
from amends.core.verbs.review import ApproveReturn, AskBuyer
from amends.engine import fast_review
from amends.engine.acting import Act, Asked, Considered, give
from amends.engine.audit import By
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.strategies import merchant_seen
from tests.shop import LIN, Shop, open_shop


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return open_shop(pool)


def considered(shop: Shop, case: str) -> Considered:
    state, version = shop.row(case, "state, version")
    return Considered(case, "service_order", "review", state, version)


def passes(shop: Shop, case: Considered) -> dict[str, Act]:
    """The acts of fast review about one case."""
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return fast_review.decide(Asked(conn, shop.merchant, merchant_seen(conn, shop.merchant), shop.now), [case])


def decided(shop: Shop, case: str) -> bool:
    """Whether fast review passed it, by the road that automation takes."""
    asked = considered(shop, case)
    acts = passes(shop, asked)
    return bool(acts) and give(shop.pool, shop.merchant, [(asked, acts[case])], shop.now).acted == 1


def test_what_meets_every_condition_passes_at_once_and_says_why(shop: Shop) -> None:
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    assert shop.all("select automates from merchants where id = %s", shop.merchant) == [(True,)]
    case = shop.apply(shop.order(("CUP", 1, 19_999)))
    assert decided(shop, case)
    assert shop.row(case, "state, granted_minor") == ("awaiting_return", 0)
    kind, why = shop.all("select actor_kind, explanation from events where case_id = %s order by version desc limit 1", case)[0]
    assert (kind, why["by"], why["pack"], why["source"]) == ("system", "fast_review", "jd", "web_fast")
    assert why["facts"] == {"failed": [], "paid": 19_999, "pieces": 1, "amount_below": 20_000, "pieces_below": 3, "no_reason_only": True, "else_seconds": 21_600}
    assert not decided(shop, case)


@pytest.mark.parametrize(("sku", "quantity", "paid", "reason", "failed"), [
    ("CUP", 1, 20_000, "no_reason", ["amount"]), ("CUP", 3, 3_000, "no_reason", ["pieces"]),
], ids=["dear", "many"])
def test_what_misses_one_waits_six_hours_and_then_the_system_passes_it_without_paying(shop: Shop, sku: str, quantity: int, paid: int, reason: str, failed: list[str]) -> None:
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    case = shop.apply(shop.order((sku, quantity, paid)), reason=reason, quantity=quantity)
    assert not decided(shop, case)
    facts, due_at = shop.row(case, "facts, due_at")
    assert facts["fast_review"]["failed"] == failed
    assert (due_at, facts["clock"]["rule"], facts["clock"]["source"]) == (shop.now + timedelta(hours=6), "fast_review", "web_fast")
    shop.now += timedelta(hours=6)
    assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state, granted_minor") == ("awaiting_return", 0)


def test_an_open_alert_stops_it(shop: Shop) -> None:
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    case = shop.apply(shop.order(("CUP", 1, 5_000)))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update cases set facts = facts || %s where id = %s", (json.dumps({"alert_open": True}), case))
    assert not decided(shop, case)


def test_cases_from_membership_keep_the_six_hours_those_before_and_after_do_not(shop: Shop) -> None:
    before = shop.apply(shop.order(("CUP", 1, 30_000)))
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    during = shop.apply(shop.order(("CUP", 1, 30_000)))
    assert fast_review.leave(shop.pool, By(shop.hai), shop.now) is None
    still = shop.apply(shop.order(("CUP", 1, 30_000)))
    assert [shop.row(case, "due_at")[0] - shop.now for case in (before, during, still)] == [timedelta(hours=48), timedelta(hours=6), timedelta(hours=6)]
    assert shop.say(during, AskBuyer(words="请补充照片")).refusal is None
    shop.now = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    after = shop.apply(shop.order(("CUP", 1, 5_000)))
    assert shop.row(after, "due_at")[0] - shop.now == timedelta(hours=48)
    assert not decided(shop, after)
    assert shop.say(during, Answer(words="补充了"), LIN).refusal is None
    assert shop.row(during, "due_at")[0] - shop.now == timedelta(hours=6)
    assert not decided(shop, before)


def test_joining_and_leaving_are_refused_where_they_make_no_sense(shop: Shop) -> None:
    assert fast_review.leave(shop.pool, By(shop.hai), shop.now).code == "fast_review_not_joined"  # type: ignore[union-attr]
    assert fast_review.join(shop.pool, By(shop.new), shop.now).code == "permission_missing"  # type: ignore[union-attr]
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    assert fast_review.join(shop.pool, By(shop.hai), shop.now).code == "fast_review_joined"  # type: ignore[union-attr]
    assert fast_review.leave(shop.pool, By(shop.hai), shop.now) is None
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None, "staying in before leaving took effect"
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = 'pdd' where id = %s", (shop.merchant,))
    assert fast_review.join(shop.pool, By(shop.hai), shop.now).code == "fast_review_not_offered"  # type: ignore[union-attr]


def test_a_person_who_was_quicker_is_not_overruled(shop: Shop) -> None:
    assert fast_review.join(shop.pool, By(shop.hai), shop.now) is None
    case = shop.apply(shop.order(("CUP", 1, 5_000)))
    asked = considered(shop, case)
    acts = passes(shop, asked)
    assert shop.say(case, Note(words="看一下")).refusal is None
    assert give(shop.pool, shop.merchant, [(asked, acts[case])], shop.now).again == {case}
    assert shop.say(case, ApproveReturn()).refusal is None

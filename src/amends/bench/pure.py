"""What the core does alone on one core: decisions and verdicts."""

import time
from datetime import UTC, datetime, timedelta

from amends.bench.figures import Figure
from amends.core.actor import ALL, Actor, Party
from amends.core.calendar import cn_calendar
from amends.core.case import Case
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.eligibility import Goods, verdict
from amends.core.machine import Look, decide
from amends.core.policy import load_pack
from amends.core.verbs.review import ApproveReturn

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def decisions(many: int = 100_000) -> Figure:
    """`decide` of one approval."""
    actor = Actor(Party.MERCHANT, "a", "阿海", "m", ALL)
    case = Case("c", "m", "service_order", "S-2026-000001", "reviewing", 1, NOW, "return", "return")
    facts = {"addresses": {"a1": "一仓"}, "default_address": "a1"}
    command = ApproveReturn()
    start = time.perf_counter()
    for _ in range(many):
        decide(SERVICE_ORDER, Look(case, command, actor, NOW, facts))
    rate = many / (time.perf_counter() - start)
    return Figure("decide, one core", rate, "/s", "(informs)")


def verdicts(many: int = 100_000) -> Figure:
    """Eligibility of lines received on different days."""
    pack = load_pack("jd").pack
    assert pack is not None
    calendar = cn_calendar()
    goods = [Goods(1, NOW - timedelta(days=n % 20), category=("home", "clothing", "phones")[n % 3]) for n in range(1000)]
    reasons = [r for t, r in pack.leaves if t == "return"]
    start = time.perf_counter()
    for n in range(many):
        verdict(pack, goods[n % 1000], "return", reasons[n % len(reasons)], NOW, calendar)
    rate = many / (time.perf_counter() - start)
    return Figure("eligibility verdicts, one core", rate, "/s", ">= 100 000/s", reached=rate >= 100_000)

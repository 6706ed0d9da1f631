"""How many lines a second eligibility judges on one core: `python -m tests.measure_eligibility`. Not a test: it asserts no time."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from amends.core.calendar import Calendar
from amends.core.eligibility import Goods, options, verdict
from amends.core.policy import load_pack

LINES = 100_000
NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
CATEGORIES = ("*", "phones", "clothing", "food", "gold_jewellery")
TAGS = (frozenset(), frozenset({"perishable"}), frozenset({"luxury", "jewellery"}))
FITNESS = (frozenset(), frozenset({"label_removed"}), frozenset({"activated"}))


def lines() -> list[Goods]:
    """Lines of every age up to 400 days, a third of them with something to look into."""
    received = [NOW - timedelta(minutes=5 * i % 576_000) for i in range(LINES)]
    return [
        Goods(1, at, trace_delivered_at=at - timedelta(hours=3), category=CATEGORIES[i % 5], tags=TAGS[i % 9 % 3], fitness=FITNESS[i % 6 % 3], freight_insured=i % 2 == 0)
        for i, at in enumerate(received)
    ]


def rate(ask: Callable[[Goods], object], goods: list[Goods]) -> int:
    """Lines a second of processor time."""
    started = time.process_time()
    for g in goods:
        ask(g)
    return round(len(goods) / (time.process_time() - started))


def main() -> None:
    """Prints the rates."""
    pack, calendar, goods = load_pack("jd").pack, Calendar("Asia/Shanghai"), lines()
    assert pack is not None
    print("verdicts a second:", rate(lambda g: verdict(pack, g, "return", "no_reason", NOW, calendar), goods))
    print("of which told in a sentence:", rate(lambda g: verdict(pack, g, "return", "no_reason", NOW, calendar).say("zh"), goods[:20_000]))
    print("lines with all four types:", rate(lambda g: options(pack, g, NOW, calendar), goods[:20_000]))


if __name__ == "__main__":
    main()

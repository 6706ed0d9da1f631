"""The demo's furniture: one platform, four merchants, a month of after-sales that the engine itself has lived through (OP-7, UI-8)."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from amends.engine.buyers import make_link
from amends.engine.house import House
from amends.engine.notices import read_all
from amends.engine.orders import take_in
from amends.sim.furniture import cast, deposits, disputes, kindness, tickets
from amends.sim.furniture.by_itself import ByItself, snow
from amends.sim.furniture.cancels import CancelStory, cancel_stories
from amends.sim.furniture.plan import Story, stories
from amends.sim.furniture.play import play
from amends.sim.furniture.waiting import hurry, unpaid
from amends.store import connect
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.trouble import OperatorError

SCALES = (1.0, 0.08, 0.08, 0.03)
OPENED_BEFORE = timedelta(days=120)
READ_BEFORE = timedelta(hours=6)
"""What was told longer ago than this has been read by the shops' people."""


@dataclass(slots=True)
class SignIn:
    """Who may sign in, and how."""

    who: str
    email: str
    password: str


@dataclass(slots=True)
class Furnished:
    """What to print: sign-ins, and the path of a buyer's link (good for seven days). `fresh`: the house was furnished just now."""

    sign_ins: list[SignIn]
    buyer_path: str
    fresh: bool


def furnish(house: House, seed: int) -> Furnished:
    """Furnish a new demo house up to its present; a furnished one is left as it is. The same seed tells the same stories.

    Raises OperatorError when an earlier try was cut off half way.
    """
    now = house.clock.now()
    kept = _kept(house.pool)
    if kept is None:
        pool = _quick_pool(house)
        try:
            kept = _make(pool, seed, now)
        finally:
            pool.close()
        fresh = True
    else:
        fresh = False
    token = make_link(house, kept["merchant"], kept["buyer"], now, name=kept["name"])
    return Furnished(sign_ins(), f"/b/in/{token}", fresh)


def sign_ins() -> list[SignIn]:
    """The main account first, then its people, the platform, the other merchants."""
    roles = {"review": "审核员", "receipt": "收货员", "processing": "处理员", "finance": "财务", "supervisor": "主管"}
    first, *others = cast.PLANS
    found = [SignIn(f"{first.name} · 主账号", f"{first.main[0]}@{first.domain}", cast.PASSWORD)]
    found += [SignIn(f"{first.name} · {roles[h.role]} {h.name}", f"{h.email}@{first.domain}", cast.PASSWORD) for h in first.hands]
    found.append(SignIn("平台", cast.OPERATOR[0], cast.PASSWORD))
    found += [SignIn(f"平台 · {j.name}", f"{j.email}@{cast.OPERATOR[0].rpartition('@')[2]}", cast.PASSWORD) for j in cast.JUDGES]
    return found + [SignIn(f"{p.name} · 主账号", f"{p.main[0]}@{p.domain}", cast.PASSWORD) for p in others]


def _make(pool: Pool, seed: int, now: datetime) -> dict[str, Any]:
    chance = Random(seed)
    opened = now - OPENED_BEFORE
    operator = cast.operator(pool, opened)
    cast.judges(pool, operator, opened)
    told: list[Story] = []
    cancelled: list[CancelStory] = []
    lines: dict[str, tuple[str, str]] = {}
    stores = []
    for n, (plan, scale) in enumerate(zip(cast.PLANS, SCALES, strict=True)):
        store = cast.open_store(pool, plan, chance, opened)
        deposits.pay_in(pool, operator, store.id, opened)
        some, calm, buyers = stories(store, chance, f"D{n + 1:02d}", now, scale)
        asked_off = cancel_stories(store, chance, f"D{n + 1:02d}", buyers, now, scale)
        told += some
        cancelled += asked_off
        stores.append(store)
        answers = take_in(pool, store.id, [s.record for s in some] + [s.record for s in asked_off] + calm + (unpaid(store, chance, f"D{n + 1:02d}", buyers, now) if scale == 1 else []), now, with_skus=False)
        wrong = [(a.number, [r.say("zh") for r in a.refusals]) for a in answers if a.status != "new"]
        assert not wrong, wrong[:3]
        with scope(pool, PLATFORM) as conn:
            found = conn.execute(
                "select o.number, o.id::text, l.id::text from orders o join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id"
                " where o.merchant_id = %s and l.position = 1", (store.id,)
            ).fetchall()
        lines |= {row[0]: (row[1], row[2]) for row in found}
    everything: list[Story | CancelStory] = [*told, *cancelled]
    play(pool, sorted(everything, key=lambda s: s.applied_at), lines, chance, now, ByItself(pool, stores[0], stores[3], opened, now).until)
    snow(pool, operator, now)
    kindness.give(pool, stores[0], _star(told, stores[0].id).customer, chance, now)
    deposits.fine(pool, operator, stores[0].id, now)
    hurry(pool, stores[0], chance, now)
    tickets.write(pool, stores[0], Random(seed), now)
    disputes.write(pool, stores[0], Random(seed), now)
    for store in stores:
        read_all(pool, store.id, now, now - READ_BEFORE)
    star = _star(told, stores[0].id)
    kept = {"merchant": stores[0].id, "buyer": star.customer.id, "name": star.customer.name, "seed": seed}
    with scope(pool, PLATFORM) as conn:
        conn.execute("update merchants set settings = settings || jsonb_build_object('demo', %s::jsonb) where id = %s", (json.dumps(kept), stores[0].id))
    return kept


def _star(told: list[Story], merchant: str) -> Story:
    """The buyer whose link is printed: the one with most open cases at the main merchant, among them one that waits for the buyer."""
    mine: dict[str, list[Story]] = {}
    for story in told:
        if story.store.id == merchant:
            mine.setdefault(story.customer.id, []).append(story)
    waiting = ("awaiting_return", "awaiting_buyer", "confirming")
    best = max(mine.values(), key=lambda some: (any(s.target in waiting for s in some), len({s.target for s in some}), some[0].customer.id))
    return best[0]


def _kept(pool: Pool) -> dict[str, Any] | None:
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select settings -> 'demo' from merchants where settings ? 'demo'").fetchone()
        begun = conn.execute("select 1 from people where email = %s", (cast.OPERATOR[0],)).fetchone()
    if row is None and begun:
        raise OperatorError("演示数据只写了一半，请删除该数据目录后重试", "The demo data is half written; delete this data directory and try again")
    return None if row is None else dict(row[0])


def _quick_pool(house: House) -> Pool:
    """A pool whose commits do not wait for the disk: furniture that a power cut spoils is made again."""
    pool = connect.open_pool(house.database.url, min_size=2, max_size=2)
    with pool.connection() as one, pool.connection() as two:
        for conn in (one, two):
            conn.execute("set synchronous_commit = off")
    return pool

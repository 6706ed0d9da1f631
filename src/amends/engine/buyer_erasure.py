"""Erasing a buyer (ST-10): what is due by itself, and what somebody asked for, matter by matter until nothing is left.

A matter is an order with everything about it, or a case that is about no order. Each goes in a transaction of its own that holds its cases and its order, so that a turn that dies leaves whole matters, and the next one goes on.
Asking early erases nothing early: what the law has kept is named with its day, and goes on that day without being asked for again.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from amends.core import veiling
from amends.core.erasable import MOST_REFERENCE, WHY, Standing, due_at, held
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.deadlines import pack_of
from amends.engine.erasure import A_TURN, PERMISSION, lacks
from amends.engine.ids import is_id, new_id
from amends.store import buyer_erasures as store
from amends.store import buyer_matters as matters
from amends.store import buyer_rows, erasure
from amends.store.buyer_erasures import Asked
from amends.store.buyer_matters import Buyer, Matter
from amends.store.connect import PLATFORM, Pool, scope

LOOK_AGAIN = timedelta(days=1)
"""When something stays for a reason without a day, it is looked at again after this."""
MOST_TOLD = 50
AT_ONCE = 50
"""Matters that go while somebody waits; the rest is the worker's, or the next click's."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAPAAAAC0AQMAAACQUjOrAAAABlBMVEXu8POorrh3m4woAAABcUlEQVR42u3YPW6DMBiA4dpCyFs9ssFFoL0JF7GQj+Yj9Ag+godWpVKrdImCfz69YyZn8fCIEJQ35i"
    "Pq9oIvT6g0H9y5c+fOT2R7X4f7+poK/jF49FCtf6rY7r7x3Jo/2hCRTUC2Hnnncx/I6hNZJ+THdck8BeTFI6/8fTtkdSKPCdlEZPuOPHOpG7JyyPpEHj6QH6HJbD3yzj/BA/kKTWSdkK/QRJ4C8uKR"
    "V95bHHIWmsRjQjYROQtN4pl3xQ1ZOWR9IuehCZyHJrD1yDtv9wdyEVrLOiEXobU8BeTFI698H3PIZWgNjwnZROQytIZnvgNvyMoh6xO5Cq3mKrSarUfeebQ4kOvQKq5Dq7gOreIpIC8eeeWZySE3oZ"
    "U8JmQTkZvQSp552tuQlUPWJ3IbWsFtaAVbj7zzGHsgC6EVI2dCFkLLeQrIi0deeRp2yFJoGcvXdb15xDHevt1o+E/8EPCl8Ny//YGrc+fOz2PFf9b+AzNtTAl8pdnaAAAAAElFTkSuQmCC"
)
"""Stands in the place of every photo and paper that was erased."""


@dataclass(slots=True)
class Turn:
    """What came of a turn: how many matters went, and those that stay, each with why."""

    gone: int = 0
    stays: list[tuple[Matter, Refusal]] = field(default_factory=list)


def find(pool: Pool, by: By, asked: str) -> list[Buyer] | Refusal:
    """Buyers by their id, an order's or a case's number, or a receiver's phone."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        return matters.find(conn, asked.strip()) if asked.strip() else []


def look(pool: Pool, by: By, merchant: str, buyer: str, now: datetime, most: int = 200) -> list[tuple[Matter, Refusal | None]] | Refusal:
    """What is kept of a buyer at a merchant, and why each must stay, if it must."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        days = erasure.retention(conn).days
        return [(one, why_kept(one, days, now)) for one in (matters.of_buyer(conn, merchant, buyer, most) if is_id(merchant) else [])]


def ask(pool: Pool, by: By, merchant: str, buyer: str, why: str, reference: str, now: datetime, ident: str | None = None) -> str | Refusal:
    """Ask that a buyer be erased; answers the request's id. It runs when another person has confirmed it, or at once where none is needed or the system itself asks."""
    if wrong := lacks(by) or wrong_words(why, reference, buyer):
        return wrong
    ident = ident or new_id()
    with scope(pool, PLATFORM) as conn:
        known = store.one(conn, ident)
        if known is not None:
            return ident
        if not is_id(merchant) or not store.left(conn, merchant, buyer):
            return Refusal("buyer_unknown", field="buyer_id")
        if not store.add(conn, merchant, ident, buyer, (why, reference.strip()), (by.actor.id, by.actor.name), now):
            return Refusal("buyer_asked_already")
        record(conn, by, now, "buyer_erasure_asked", ("buyer_request", ident), after={"why": why, "reference": reference.strip()}, merchant_id=merchant)
        if by.actor.id == "system" or not erasure.retention(conn).second_person:
            store.confirm(conn, merchant, ident, (by.actor.id, by.actor.name), now)
            record(conn, by, now, "buyer_erasure_confirmed", ("buyer_request", ident), merchant_id=merchant)
    return ident


def confirm(pool: Pool, by: By, ident: str, now: datetime) -> Refusal | None:
    """Another person says that it may run. Its first turn is taken by whoever calls `turn` next: the page at once, the worker otherwise."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        asked = store.one(conn, ident, lock=True) if is_id(ident) else None
        if asked is None:
            return Refusal("buyer_request_unknown")
        if asked.state != "asked":
            return None if asked.state == "running" else Refusal("buyer_request_ended")
        if asked.asked_by == by.actor.id and erasure.retention(conn).second_person:
            return Refusal("buyer_second_person", {"name": asked.asked_name})
        store.confirm(conn, asked.merchant_id, ident, (by.actor.id, by.actor.name), now)
        record(conn, by, now, "buyer_erasure_confirmed", ("buyer_request", ident), merchant_id=asked.merchant_id)
    return None


def withdraw(pool: Pool, by: By, ident: str, now: datetime) -> Refusal | None:
    """Take a request back; what has gone stays gone, the rest is kept until its own time."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        asked = store.one(conn, ident, lock=True) if is_id(ident) else None
        if asked is None:
            return Refusal("buyer_request_unknown")
        if asked.state not in ("asked", "running"):
            return None if asked.state == "withdrawn" else Refusal("buyer_request_ended")
        store.withdraw(conn, asked.merchant_id, ident, now)
        record(conn, by, now, "buyer_erasure_withdrawn", ("buyer_request", ident), after={"erased": asked.erased}, merchant_id=asked.merchant_id)
    return None


def turn(pool: Pool, by: By, ident: str, now: datetime, most: int = A_TURN) -> Turn | Refusal:
    """Go on with a confirmed request: up to `most` matters, each in a transaction of its own. Again and again is harmless."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        asked, days = (store.one(conn, ident) if is_id(ident) else None), erasure.retention(conn).days
        if asked is None:
            return Refusal("buyer_request_unknown")
        if asked.state != "running":
            return Turn()
        every = matters.of_buyer(conn, asked.merchant_id, asked.buyer_id)
    out, whole = Turn(), True
    for one in every:
        if stays := why_kept(one, days, now):
            out.stays.append((one, stays))
        elif out.gone >= most:
            whole = False
        elif erase_matter(pool, by, one, now, ident):
            out.gone += 1
        else:
            whole = False
    _went_on(pool, by, asked, out, whole, days, now)
    return out


def _went_on(pool: Pool, by: By, asked: Asked, done: Turn, whole: bool, days: int, now: datetime) -> None:
    """Note how far it is; at the end forget the buyer's id too."""
    with scope(pool, PLATFORM) as conn:
        asked_now = store.one(conn, asked.id, lock=True)
        if asked_now is None or asked_now.state != "running":
            return
        merchant, buyer = asked.merchant_id, asked.buyer_id
        coupon = store.coupon_until(conn, merchant, buyer, now)
        told = [{"number": one.number, "code": why.code, "facts": dict(why.facts)} for one, why in done.stays[:MOST_TOLD]]
        if not whole or done.stays or coupon is not None or store.left(conn, merchant, buyer):
            if coupon is not None and not done.stays:
                told.append({"number": "", "code": "buyer_coupon", "facts": {"number": "", "on": f"{coupon:%Y-%m-%d}"}})
            dues = [due_at(standing(one), days) for one, why in done.stays if why.code == "buyer_not_due"]
            soonest = min([*dues, now + LOOK_AGAIN]) if len(dues) < len(done.stays) or not dues else min(dues)
            store.went_on(conn, merchant, asked.id, told, now if not whole else max(soonest, now + timedelta(minutes=1)))
            return
        stands = _forget(conn, by, merchant, buyer, asked.id, now)
        store.end(conn, merchant, asked.id, stands, now)
        record(conn, by, now, "buyer_erasure_done", ("buyer_request", asked.id), after={"pseudonym": stands}, merchant_id=merchant)


def _forget(conn: store.Connection, by: By, merchant: str, buyer: str, request: str | None, now: datetime) -> str:
    """What is left of a buyer beside orders and cases; answers what stands for them."""
    stands, ident = store.pseudonym(conn, merchant, buyer, _fresh()), new_id()
    store.begin_rest(conn, ident, merchant, request, stands, by.actor.name, now)
    store.forget(conn, merchant, buyer, stands, now)
    store.finish(conn, merchant, ident, now)
    return stands


def sweep(pool: Pool, by: By, now: datetime) -> int:
    """Forget buyers whose last matter has gone by its time; answers how many."""
    with scope(pool, PLATFORM) as conn:
        before = now - timedelta(days=erasure.retention(conn).days)
        store.old_answers(conn, before)
        store.old_imports(conn, before)
        found = store.leftovers(conn, now)
        for merchant, buyer in found:
            _forget(conn, by, merchant, buyer, None, now)
    return len(found)


def run_asked(pool: Pool, by: By, now: datetime, most: int = A_TURN) -> int:
    """A turn of every request that is to be looked at; answers how many matters went."""
    with scope(pool, PLATFORM) as conn:
        idents = store.due(conn, now)
    total = 0
    for ident in idents:
        done = turn(pool, by, ident, now, most)
        total += 0 if isinstance(done, Refusal) else done.gone
    return total


def erase_due(pool: Pool, by: By, now: datetime, most: int = A_TURN, *, dry: bool = False) -> int | Refusal:
    """Up to `most` matters whose time is over, whoever's they are, without anybody's asking. `dry`: only count."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        days = erasure.retention(conn).days
        found = [one for one in matters.due(conn, days, now, most) if why_kept(one, days, now) is None]
    if dry:
        return len(found)
    gone = sum(erase_matter(pool, by, one, now, None) for one in found)
    sweep(pool, by, now)
    return gone


def erase_matter(pool: Pool, by: By, matter: Matter, now: datetime, request: str | None) -> bool:
    """One matter, if it may go still: locked, looked at again, erased, on record. False if it may not, or is gone."""
    with scope(pool, PLATFORM) as conn:
        one = matters.locked(conn, matter)
        days = erasure.retention(conn).days
        if one is None or why_kept(one, days, now) is not None:
            return False
        names = {buyer: store.pseudonym(conn, one.merchant_id, buyer, _fresh()) for buyer in sorted({one.buyer_id, *one.buyers}) if not buyer.startswith("erased:")}
        ident, stands = new_id(), names.get(one.buyer_id, one.buyer_id)
        private = matters.private(conn, one)
        store.begin(conn, ident, one, stands, request, by.actor.name, now)
        buyer_rows.erase(conn, one, names, partial(_veiled, names), veiling.stays, PICTURE, (by.actor.name, now))
        store.typed(conn, one.merchant_id, private)
        record(conn, by, now, "buyer_erased", ("order" if one.order_id else "case", one.order_id or one.case_id or ""), after={"pseudonym": stands, "kept_days": days, "request": request}, merchant_id=one.merchant_id)
        store.finish(conn, one.merchant_id, ident, now)
    return True


def why_kept(matter: Matter, days: int, now: datetime) -> Refusal | None:
    """Why a matter may not go now; None if it may."""
    return held(standing(matter), days, now)


def standing(matter: Matter) -> Standing:
    """How it stands, with the longest time in which its merchant's rules let a buyer ask for anything."""
    windows = [w.days for w in pack_of(matter.pack_ref).windows]
    return Standing(matter.number, matter.state, matter.at, matter.open_case, matter.ended_at, matter.owed, matter.coupon_until, matter.called, matter.waits, max(windows, default=0))


def wrong_words(why: str, reference: str, buyer: str) -> Refusal | None:
    """Why this reason cannot stand in the log; None if it can."""
    if why not in WHY:
        return Refusal("buyer_why_missing", field="why")
    if len(reference.strip()) > MOST_REFERENCE or "\x00" in reference or (buyer and buyer in reference):
        return Refusal("buyer_reference_named", {"most": MOST_REFERENCE}, "reference")
    return None


def _veiled(names: dict[str, str], value: object, *, title: bool) -> object:
    return veiling.veiled(value, names, title=title)


def _fresh() -> str:
    return f"erased:{secrets.token_hex(12)}"


__all__ = ["PERMISSION", "Turn", "ask", "confirm", "erase_due", "find", "look", "run_asked", "sweep", "turn", "withdraw"]

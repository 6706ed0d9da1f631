"""Refunds, payouts and charges at their providers: sent under their key, looked after until an answer ends them (MO-3, MO-5).

A worker may die anywhere here. Before the provider is asked the request says that it may be on its way; after that only an answer ends it, and asking
again is asking for the same, because the key is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from amends.adapters.payment.protocol import ChargeAsked, PaymentProvider, PayoutAsked, RefundAsked
from amends.core.told import Told, read_key
from amends.engine.answers import hear
from amends.engine.differences import difference, note
from amends.engine.house import House
from amends.store import charges, refund_requests
from amends.store.charges import Charge
from amends.store.connect import scope
from amends.store.outbox import Waiting
from amends.store.refund_requests import Request
from amends.worker.aside import Aside
from amends.worker.log import log
from amends.worker.providers import connected, provider_of

A_TURN, AT_ONCE = 32, 8


def send_request(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """`send_refund` and `send_payout`: ask the provider, and act on what it answers at once."""
    request, attempt = effect.body["request"], int(effect.body.get("attempt", 1))
    with scope(house.pool, UUID(merchant)) as conn:
        found = refund_requests.find(conn, merchant, request)
    if found is None or found.state != "requested" or found.attempt != attempt:
        return
    provider = provider_of(house, found.provider)
    if provider is None:
        if not refund_requests.leave_to_finance(house.pool, merchant, request, attempt):
            connected(house, found.provider)
        return
    asked = refund_requests.begin_sending(house.pool, merchant, request, attempt, now)
    if asked is not None and not _moved_after_all(house, provider, merchant, asked):
        hear(house.pool, provider.name, _ask(provider, merchant, asked), house.clock.now())


def _ask(provider: PaymentProvider, merchant: str, r: Request) -> Told:
    account = UUID(merchant).hex
    if r.kind == "refund":
        return provider.refund(RefundAsked(r.key, account, r.payment_ref, r.amount, r.currency, r.purpose))
    return provider.payout(PayoutAsked(r.key, account, r.buyer_id or "", r.amount, r.currency, r.purpose))


def _moved_after_all(house: House, provider: PaymentProvider, merchant: str, r: Request) -> bool:
    """Before a refund is asked anew: the attempt that the provider called failed may have moved. Then it is not asked for again, and finance is told."""
    key = read_key(r.key)
    if r.attempt == 1 or key is None:
        return False
    before = provider.look(str(replace(key, attempt=r.attempt - 1)))
    if before is None or before.state != "moved" or (before.amount, before.currency) != (r.amount, r.currency):
        return False
    ours = {"amount": r.amount, "currency": r.currency, "state": "failed", "attempt": r.attempt - 1}
    known = {"subject_id": r.id, "case_id": r.case_id, "order_id": r.order_id}
    note(house.pool, merchant, provider.name, [difference("contradiction", before, r.kind, ours, **known)], house.clock.now())
    hear(house.pool, provider.name, replace(before, key=r.key), house.clock.now())
    return True


def send_charge(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Ask the buyer for a difference; the answer says where to pay."""
    charge = effect.body["charge"]
    with scope(house.pool, UUID(merchant)) as conn:
        found = charges.find(conn, merchant, charge)
    if found is None or found.state != "asked":
        return
    provider = provider_of(house, found.provider)
    if provider is None:
        if not charges.leave_to_finance(house.pool, merchant, charge):
            connected(house, found.provider)
        return
    asked = charges.begin_sending(house.pool, merchant, charge, now)
    if asked is not None:
        _heard_of_charge(house, provider, merchant, asked, _charge(provider, merchant, asked))


def _charge(provider: PaymentProvider, merchant: str, c: Charge) -> Told:
    return provider.charge(ChargeAsked(c.key, UUID(merchant).hex, c.buyer_id, c.amount, c.currency, c.words))


def _heard_of_charge(house: House, provider: PaymentProvider, merchant: str, c: Charge, told: Told) -> None:
    if told.pay_url.startswith(("https://", "http://")):
        with scope(house.pool, UUID(merchant)) as conn:
            charges.keep_page(conn, merchant, c.id, told.pay_url)
    hear(house.pool, provider.name, told, house.clock.now())


def cancel_charge(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """The difference is not wanted any more. A buyer who was quicker has paid: that is a difference for finance, told by the answer."""
    with scope(house.pool, UUID(merchant)) as conn:
        found = charges.find(conn, merchant, effect.body["charge"])
    if found is None or found.sent_at is None:
        return
    provider = connected(house, effect.body.get("provider") or found.provider)
    told = provider.cancel_charge(found.key)
    hear(house.pool, provider.name, told, house.clock.now())


def look_due(house: House) -> int:
    """Ask after what nothing was heard of (a lost answer, a lost message); answers how many were asked after."""
    now, looked = house.clock.now(), 0
    with ThreadPoolExecutor(AT_ONCE, "looks") as threads:
        for merchant in refund_requests.merchants_to_look(house.pool, now):
            jobs: list[Callable[[], None]] = [
                (lambda merchant=merchant, r=r, n=n: _look(house, merchant, r, n)) for r, n in refund_requests.take_looks(house.pool, merchant, now, A_TURN)  # type: ignore[misc]
            ]
            jobs += [(lambda merchant=merchant, c=c: _look_charge(house, merchant, c)) for c in charges.take_looks(house.pool, merchant, now, A_TURN)]  # type: ignore[misc]
            looked += len(jobs)
            list(threads.map(_safely, jobs))
    return looked


def _safely(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception as error:  # its next time is set already
        log.warning("look_failed", error=f"{type(error).__name__}: {error}"[:200])


def _look(house: House, merchant: str, request: str, attempt: int) -> None:
    with scope(house.pool, UUID(merchant)) as conn:
        r = refund_requests.find(conn, merchant, request)
    if r is None or r.state != "requested" or r.attempt != attempt:
        return
    provider = connected(house, r.provider)
    told = provider.look(r.key)
    if told is None:  # it never arrived, or the provider has lost it: the same is asked for again
        asked = refund_requests.begin_sending(house.pool, merchant, request, attempt, house.clock.now())
        told = _ask(provider, merchant, asked) if asked is not None else None
    if told is not None:
        hear(house.pool, provider.name, told, house.clock.now())


def _look_charge(house: House, merchant: str, charge: str) -> None:
    with scope(house.pool, UUID(merchant)) as conn:
        c = charges.find(conn, merchant, charge)
    if c is None or c.state != "asked":
        return
    provider = connected(house, c.provider)
    told = provider.look(c.key) or _charge(provider, merchant, c)
    _heard_of_charge(house, provider, merchant, c, told)


LOOKS = Aside("looks", lambda house: bool(refund_requests.merchants_to_look(house.pool, house.clock.now(), look_at=1)), look_due)
"""Looking after what is silent, beside the worker's rounds."""

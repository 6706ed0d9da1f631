"""What a provider tells about a transfer, by whatever way it came: an answer, a signed message, a look, a line of a statement (MO-3, MO-5).

The same telling twice, or two ways at once, changes nothing the second time: the command's id is made of what it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from amends.core.actor import PROVIDER_ACTOR
from amends.core.commands import Command
from amends.core.refusal import Refusal
from amends.core.told import DIFFERS, Key, Ours, Told, Verdict, judge, read_key
from amends.core.verbs.outside import DifferencePaid, RefundFailed, RefundMoved
from amends.engine import payout_answers
from amends.engine.differences import difference, note
from amends.engine.handle import Asked, handle
from amends.store import charges, merchants, refund_requests
from amends.store.charges import Charge
from amends.store.connect import Pool, scope
from amends.store.refund_requests import Request

Heard = Literal["moved", "failed", "wait", "known", "differs"]
AGAIN = 4
"""How often it is judged anew because somebody else was quicker."""
CHARGE_STATES = {"asked": "requested", "paid": "moved", "cancelled": "cancelled"}


def hear(pool: Pool, provider: str, told: Told, now: datetime) -> Heard:
    """Judge one telling of this provider and act on it. Raises ValueError if the case refuses what is true (a bug, or somebody's mistake: tried again)."""
    key = read_key(told.key)
    if key is None:
        note(pool, None, provider, [difference("missing_here", told)], now)
        return "differs"
    refusal: Refusal | None = None
    for _ in range(AGAIN):
        subject = _subject(pool, key, told)
        if subject is None:
            note(pool, str(key.merchant) if _is_here(pool, key.merchant) else None, provider, [difference("missing_here", told)], now)
            return "differs"
        verdict = _verdict(subject, provider, key, told)
        if verdict in DIFFERS:
            _tell_finance(pool, str(key.merchant), provider, verdict, told, subject, now)
            return "differs"
        if verdict in ("wait", "known"):
            return verdict
        refusal = _settle(pool, str(key.merchant), subject, key, verdict, told, now)
        if refusal is None:
            return "moved" if verdict == "moved" else "failed"
    raise ValueError(f"{told.key}: {refusal.say('en') if refusal else ''}")


def _is_here(pool: Pool, merchant: UUID) -> bool:
    with scope(pool, merchant) as conn:
        return merchants.one(conn, str(merchant)) is not None


def _subject(pool: Pool, key: Key, told: Told) -> Request | Charge | None:
    with scope(pool, key.merchant) as conn:
        if told.kind == "charge":
            return charges.find(conn, str(key.merchant), str(key.subject))
        return refund_requests.find(conn, str(key.merchant), str(key.subject))


def ours_of(subject: Request | Charge) -> Ours:
    """What we hold, as `core.told.judge` looks at it."""
    if isinstance(subject, Charge):
        return Ours(CHARGE_STATES[subject.state], 1, subject.amount, subject.currency, subject.reference)
    return Ours(subject.state, subject.attempt, subject.amount, subject.currency, subject.reference)


def _verdict(subject: Request | Charge, provider: str, key: Key, told: Told) -> Verdict:
    if subject.provider != provider or told.account != key.merchant.hex or (isinstance(subject, Request) and told.kind != subject.kind):
        return "contradiction" if told.state == "moved" else "known"  # somebody else was asked: finance by hand, another provider
    verdict = judge(ours_of(subject), told, key.attempt)
    if isinstance(subject, Charge) and verdict in ("failed", "cancelled"):
        return "known"  # nobody has paid; our own clock ends the waiting
    return verdict


def _settle(pool: Pool, merchant: str, subject: Request | Charge, key: Key, verdict: Verdict, told: Told, now: datetime) -> Refusal | None:
    reference, code, words = told.reference[:64], (told.code or told.state)[:64], told.words[:500]
    if isinstance(subject, Request) and subject.case_id is None:
        if verdict == "moved":
            return payout_answers.moved(pool, merchant, subject.id, reference, now)
        return payout_answers.failed(pool, merchant, subject.id, code, words, now)
    command: Command
    if isinstance(subject, Charge):
        command = DifferencePaid(charge=subject.id, reference=reference)
    elif verdict == "moved":
        command = RefundMoved(request=subject.id, reference=reference)
    else:
        command = RefundFailed(request=subject.id, code=code, words=words)
    command_id = str(uuid5(UUID(subject.id), f"{key.attempt} {verdict}"))
    return handle(pool, [Asked(command_id, merchant, subject.case_id or "", command, PROVIDER_ACTOR)], now)[0].refusal


def _tell_finance(pool: Pool, merchant: str, provider: str, verdict: Verdict, told: Told, subject: Request | Charge, now: datetime) -> None:
    held = ours_of(subject)
    ours = {"amount": held.amount, "currency": held.currency, "state": subject.state, "reference": held.reference, "attempt": held.attempt, "provider": subject.provider}
    about = "charge" if isinstance(subject, Charge) else subject.kind
    found = difference(verdict, told, about, ours, subject_id=subject.id, case_id=subject.case_id, order_id=subject.order_id)
    note(pool, merchant, provider, [found], now)

"""A buyer's pass: who a signed link or a proven phone let in, in a signed cookie; buyers have no account (UI-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse

from amends.core import signed
from amends.core.actor import Actor, Party

BUYER_COOKIE = "amends_buyer"
PURPOSE = "buyer"
GOOD_FOR = timedelta(days=30)


@dataclass(slots=True)
class Buyer:
    """One buyer of one merchant."""

    merchant_id: str
    buyer_id: str
    name: str = ""

    def actor(self) -> Actor:
        """Who acts when this buyer gives a command."""
        return Actor(Party.BUYER, self.buyer_id, self.name, self.merchant_id)


def make_pass(secret: bytes, buyer: Buyer, until: datetime) -> str:
    """The token of a link or cookie; also what the shop's link carries."""
    return signed.sign(secret, PURPOSE, {"m": buyer.merchant_id, "b": buyer.buyer_id, "n": buyer.name}, until)


def read_pass(secret: bytes, token: str, now: datetime) -> Buyer | None:
    """The buyer of a pass, or None when it is not ours or past its time."""
    facts = signed.read(secret, PURPOSE, token, now) if token else None
    return Buyer(facts["m"], facts["b"], facts["n"]) if facts else None


def let_in(response: HttpResponse, secret: bytes, buyer: Buyer, now: datetime, *, secure: bool) -> None:
    """Set the cookie that makes the next requests this buyer's."""
    token = make_pass(secret, buyer, now + GOOD_FOR)
    response.set_cookie(BUYER_COOKIE, token, max_age=int(GOOD_FOR.total_seconds()), httponly=True, samesite="Lax", secure=secure)

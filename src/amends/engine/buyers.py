"""Who a buyer is without an account: a signed link from the shop, or an order number with its phone (UI-4).

A token is `body.signature`: base64url of [merchant, buyer, expiry in seconds], and HMAC-SHA-256 under a key of its own
for each purpose, so that a link can never be used as a visit's cookie or the other way round.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.engine.house import House
from amends.store import proofs
from amends.store.connect import PLATFORM, scope
from amends.store.screens import buyer as screen

LINK_LIVES = timedelta(days=7)
VISIT_LIVES = timedelta(hours=12)
FREE_FOR_ORDER, FREE_FOR_ADDRESS = 3, 20
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Visit:
    """One buyer at one merchant, until `ends` (UTC)."""

    merchant_id: str
    buyer_id: str
    ends: datetime

    def actor(self, name: str = "") -> Actor:
        """The buyer as an actor of the table; bound by it alone."""
        return Actor(Party.BUYER, self.buyer_id, name or self.buyer_id, self.merchant_id)


def make_link(house: House, merchant_id: str, buyer_id: str, now: datetime, valid: timedelta = LINK_LIVES) -> str:
    """The token of a signed link for `/b/in/<token>`, as the shop puts it into its own pages and messages."""
    return _sign(house.secret, "link", merchant_id, buyer_id, now + valid)


def read_link(house: House, token: str, now: datetime) -> Visit | Refusal:
    """Who the link is for; `link_invalid` when it was altered or not ours, `link_expired` when its time is over."""
    return _read(house.secret, "link", token, now)


def open_visit(house: House, merchant_id: str, buyer_id: str, now: datetime, valid: timedelta = VISIT_LIVES) -> str:
    """What the cookie of this visit holds."""
    return _sign(house.secret, "visit", merchant_id, buyer_id, now + valid)


def read_visit(house: House, token: str, now: datetime) -> Visit | Refusal:
    """Whose visit a cookie is; the same refusals as a link."""
    return _read(house.secret, "visit", token, now)


def prove(house: House, number: str, phone: str, receiver: str, address: str, now: datetime) -> Visit | Refusal:
    """Order number with the whole phone number, or its last four digits and the receiver's name.

    An unknown order and a wrong phone answer alike (`proof_wrong`); too many tries answer `proof_wait` with the minutes left.
    """
    number, digits = number.strip(), _digits(phone)
    order_key, address_key = _key("order", number.casefold()), _key("address", address)
    opens = proofs.take(house.pool, {order_key: FREE_FOR_ORDER, address_key: FREE_FOR_ADDRESS}, now, LONGEST_WAIT)
    if opens is not None:
        return Refusal("proof_wait", {"seconds": max(1, round((opens - now).total_seconds()))})
    with scope(house.pool, PLATFORM) as conn:
        found = [o for o in screen.by_number(conn, number) if _fits(digits, receiver, o.phone or "", o.receiver or "")]
    if len(found) != 1:  # two merchants' orders that share number, phone and name prove nothing
        return Refusal("proof_wrong")
    proofs.give_back(house.pool, order_key, address_key)
    return Visit(found[0].merchant_id, found[0].buyer_id, now + VISIT_LIVES)


def _fits(digits: str, receiver: str, phone: str, name: str) -> bool:
    whole = _digits(phone)
    if len(whole) < 4:
        return False
    if len(digits) == 4:
        same_name = hmac.compare_digest(_plain(receiver).encode(), _plain(name).encode())
        return bool(_plain(name)) and same_name and hmac.compare_digest(digits, whole[-4:])
    return len(digits) >= 7 and hmac.compare_digest(digits, whole)


def _digits(phone: str) -> str:
    """The digits of a phone number, without the country's 86 before a mainland mobile."""
    digits = re.sub(r"\D", "", phone, flags=re.ASCII)
    return re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _key(kind: str, value: str) -> str:
    """Numbers and addresses are kept hashed."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def _sign(secret: bytes, purpose: str, merchant_id: str, buyer_id: str, ends: datetime) -> str:
    body = _text(json.dumps([merchant_id, buyer_id, int(ends.timestamp())], separators=(",", ":"), ensure_ascii=False).encode())
    return f"{body}.{_text(_signature(secret, purpose, body))}"


def _read(secret: bytes, purpose: str, token: str, now: datetime) -> Visit | Refusal:
    body, _, signature = token.partition(".")
    expected = _text(_signature(secret, purpose, body))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return Refusal("link_invalid")
    merchant_id, buyer_id, ends = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    until = datetime.fromtimestamp(ends, now.tzinfo)
    return Visit(merchant_id, buyer_id, until) if now < until else Refusal("link_expired")


def _signature(secret: bytes, purpose: str, body: str) -> bytes:
    key = hmac.digest(secret, f"amends buyer {purpose}".encode(), "sha256")
    return hmac.digest(key, body.encode(), "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

"""Who a buyer is without an account: a signed link from the shop, or an order number with its phone (UI-4)."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core import signed
from amends.core.refusal import Refusal
from amends.engine.house import House
from amends.store import proofs
from amends.store.connect import PLATFORM, scope
from amends.store.screens import buyer as screen

PURPOSE = "buyer-link"
LINK_LIVES = timedelta(days=7)
FREE_FOR_ORDER, FREE_FOR_ADDRESS = 3, 20
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Known:
    """One buyer at one merchant, as a link or a proof shows; `name` is what the other side reads in the talk, if it is known."""

    merchant_id: str
    buyer_id: str
    name: str = ""


def make_link(house: House, merchant_id: str, buyer_id: str, now: datetime, valid: timedelta = LINK_LIVES, name: str = "") -> str:
    """The token of a signed link `/b/in/<token>`, as the shop puts it into its own pages and messages."""
    return signed.sign(house.secret, PURPOSE, {"m": merchant_id, "b": buyer_id, "n": name}, now + valid)


def read_link(house: House, token: str, now: datetime) -> Known | Refusal:
    """Who the link is for; `link_invalid` when it was altered, is not ours, or its time is over."""
    facts = signed.read(house.secret, PURPOSE, token, now)
    return Known(facts["m"], facts["b"], facts["n"]) if facts else Refusal("link_invalid")


def prove(house: House, number: str, phone: str, receiver: str, address: str, now: datetime) -> Known | Refusal:
    """Order number with the whole phone number, or its last four digits and the receiver's name.

    An unknown order and a wrong phone answer alike (`proof_wrong`); too many tries answer `proof_wait` with the seconds left.
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
    return Known(found[0].merchant_id, found[0].buyer_id, found[0].receiver or "")


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

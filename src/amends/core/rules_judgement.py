"""Guards, choices and effects of cases that a dispute's plan or judgement moves (DI-2, DI-7, DI-8).

Facts looked at: `pieces_left` (service orders: pieces of the line no other case holds), `goods_free` (cancellations: its pieces are still on the order and on no service order).
The case keeps what was judged as `judged`: number of the dispute, the state it found the case in, and for a cancellation whether its goods were given up.
"""

from collections.abc import Mapping
from typing import Any

from amends.core import effects as e
from amends.core.machine import Choice, Look
from amends.core.pack_flows import KEEP
from amends.core.refusal import Refusal

Body = Mapping[str, Any]
ENDED = ("rejected", "withdrawn", "closed")


def judged_of(look: Look) -> dict[str, Any]:
    """What a judgement did to this case."""
    return look.case.body.get("judged") or {}


def was_rejected(look: Look) -> bool:
    """The judgement found it rejected."""
    return judged_of(look).get("from") == "rejected"


def was_withdrawn(look: Look) -> bool:
    """The judgement found it given up."""
    return judged_of(look).get("from") == "withdrawn"


def was_closed(look: Look) -> bool:
    """The judgement found it closed."""
    return judged_of(look).get("from") == "closed"


def waited_for_goods(look: Look) -> bool:
    """The judgement found it waiting for the goods to be sent."""
    return judged_of(look).get("from") == "awaiting_return"


def had_goods_here(look: Look) -> bool:
    """The judgement found the goods with the merchant."""
    return judged_of(look).get("from") == "processing"


def stays_ended(look: Look) -> bool:
    """The goods come back into their order, and the case does not open again."""
    return bool(getattr(look.command, "ends", False))


BACK = Choice(was_rejected, "rejected", Choice(was_withdrawn, "withdrawn", Choice(was_closed, "closed", Choice(waited_for_goods, "awaiting_return", Choice(had_goods_here, "processing", "reviewing")))))
"""Where a service order is put back to; what was still being reviewed, or talked about, is reviewed again."""
CANCELLATION_BACK = Choice(stays_ended, "closed", Choice(was_rejected, "rejected", Choice(was_withdrawn, "withdrawn", Choice(was_closed, "closed", "reviewing"))))
"""Where a cancellation is put back to, its goods with it."""


def judged_by_this(look: Look) -> Refusal | None:
    """Only what this dispute did is taken back, once."""
    return None if judged_of(look).get("number") == getattr(look.command, "number", "") else Refusal("judged_otherwise", {"number": judged_of(look).get("number", "")})


def gives_goods_up(look: Look) -> Refusal | None:
    """What has ended is touched again only for its goods, which are given up once."""
    gone = look.case.body.get("gave_up") or look.case.body.get("ended") == "unpaid"
    return Refusal("judged_goods_taken", {"left": 0}) if gone or not getattr(look.command, "gives_up", False) else None


def pieces_still_there(look: Look) -> Refusal | None:
    """A service order that is opened again asks for no pieces that another case has by now (SO-3)."""
    return None if look.case.quantity <= int(look.facts.get("pieces_left", look.case.quantity)) else Refusal("judged_goods_taken", {"left": look.facts.get("pieces_left", 0)})


def goods_are_free(look: Look) -> Refusal | None:
    """The pieces are given up once: they are on the order, and on no service order."""
    return None if not getattr(look.command, "gives_up", False) or look.facts.get("goods_free", True) else Refusal("judged_goods_taken", {"left": 0})


def nothing_granted(look: Look) -> Refusal | None:
    """What has paid already is not ended as if it had not."""
    return Refusal("judged_paid_already") if look.case.granted else None


def goods_not_received(look: Look) -> Refusal | None:
    """Goods that are with the merchant are processed to the end, whatever was judged meanwhile."""
    return Refusal("goods_are_here") if look.case.body.get("received") is not None else None


def paid_first(look: Look) -> Refusal | None:
    """CO-2: the platform has paid the buyer, the goods are back, and nothing is left to pay."""
    return None if judged_of(look).get("paid") else Refusal("not_paid_first")


paid_first.before_asking = True  # type: ignore[attr-defined]


def cancel_goods(look: Look) -> Body | None:
    """The pieces are not part of the order any more; the dispute has given their money back."""
    return {"lines": look.case.body.get("lines", [])} if getattr(look.command, "gives_up", False) else None


def restore_goods(look: Look) -> Body | None:
    """An upheld appeal: the pieces the judgement gave up are part of their order again, exactly as many (DI-8)."""
    return {"lines": look.case.body.get("lines", [])} if look.case.body.get("gave_up") else None


def note_judged(look: Look) -> Body:
    """Which dispute, and where it found the case: a second judgement finds what the first one found."""
    c: Any = look.command
    more = {"gave_up": True} if getattr(c, "gives_up", False) else {}
    found = "closed" if getattr(c, "opened", False) else look.case.state  # opened for it: there was nothing before
    before = judged_of(look).get("ended") or look.case.body.get("ended")
    more |= {"ended": before} if before and look.case.kind == "cancellation" else {}
    return {"judged": {"number": c.number, "from": judged_of(look).get("from") or found, **more, **({"paid": True} if getattr(c, "paid", False) else {})}}


def note_ended(look: Look) -> Body:
    """A cancellation that ends without money of its own says so."""
    return {"ended": "judged", "gave_up": bool(getattr(look.command, "gives_up", False))}


def note_return(look: Look) -> Body:
    """Where the goods go, and what is refunded when they are here: as judged, and not less (SO-28)."""
    c: Any = look.command
    way = {"return_way": "ship_back"} if look.case.body.get("return_way") == KEEP else {}
    amount = {"judged_return": {"offer": "return", "amount": c.amount}} if c.amount and not c.paid else {}
    return {**(e.choose_address(look) if look.to == "awaiting_return" else {}), **way, **amount}


def owe_goods(look: Look) -> Body:
    """Goods were judged to go out, without anybody having looked at the stock."""
    return {"stock_owed": True}


def note_undone(look: Look) -> Body:
    """As if it had not been judged."""
    return {"judged": {}, "judged_return": None, "stock_owed": False}


def note_undone_cancellation(look: Look) -> Body:
    """As if it had not been judged; what was opened for the judgement alone, or stays ended, still says that a judgement ended it."""
    return {"judged": {}, "gave_up": False, "ended": judged_of(look).get("ended") or ("judged" if look.to == "closed" else None)}

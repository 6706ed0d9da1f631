"""Guards, changes and effects of a pick-up (SO-12, LO-2). What is booked stands in `case.body["parcel"]`: address, starts, carrier, pickup (its id)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from amends.core.machine import Look
from amends.core.parcels import pickup_id
from amends.core.refusal import Refusal
from amends.core.rules import before_asking

Body = Mapping[str, Any]


def booked(look: Look) -> dict[str, Any]:
    """The parcel as far as a courier comes for it; empty where none does."""
    parcel: dict[str, Any] = look.case.body.get("parcel") or {}
    return parcel if parcel.get("pickup") else {}


@before_asking
def pickup_can_go(look: Look) -> Refusal | None:
    """A courier is booked, and nobody has asked for cancelling yet."""
    if not booked(look):
        return Refusal("no_pickup")
    return Refusal("pickup_cancelling") if booked(look).get("cancelling") else None


def pickup_is_booked(look: Look) -> Refusal | None:
    """News of a pick-up that is not this case's any more changes nothing."""
    ours, told = booked(look).get("pickup"), getattr(look.command, "pickup", "")
    return None if ours and told in ("", ours) else Refusal("pickup_over")


def book_pickup(look: Look) -> Body:
    """Ask the carrier for a courier, under an id that is the same however often this is performed."""
    return {"pickup": pickup_id(look.case.id, look.case.version + 1)}


def cancel_pickup(look: Look) -> Body | None:
    """Ask the carrier for none, if one was booked and nobody has asked yet."""
    return {"pickup": booked(look)["pickup"]} if booked(look) and not booked(look).get("cancelling") else None


def note_pickup(look: Look) -> Body:
    """Where, when and by whom the goods are fetched."""
    return {"parcel": {**{k: v for k, v in asdict(look.command).items() if v}, "pickup": pickup_id(look.case.id, look.case.version + 1)}}


def note_cancelling(look: Look) -> Body:
    """The carrier has been asked, if there was anything to ask."""
    return {"parcel": {**booked(look), "cancelling": True}} if cancel_pickup(look) else {}


def note_confirmed(look: Look) -> Body:
    """The carrier's booking, and the waybill once there is one."""
    said = {k: v for k, v in asdict(look.command).items() if v and k != "pickup"}
    return {"parcel": {**booked(look), **said}}


def note_off(look: Look) -> Body:
    """There is no parcel on its way."""
    return {"parcel": {}, "pickup_answer": getattr(look.command, "words", "")}


def note_stands(look: Look) -> Body:
    """The parcel is on its way after all."""
    return {"parcel": {k: v for k, v in booked(look).items() if k != "cancelling"}, "pickup_answer": getattr(look.command, "words", "")}

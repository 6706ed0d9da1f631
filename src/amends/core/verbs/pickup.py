"""上门取件: what becomes of a courier that was booked (SO-12, LO-2). Booking itself is the buyer's `BookPickup`."""

from dataclasses import dataclass

from amends.core.commands import Command, ask


@dataclass
class CancelPickup(Command):
    """No courier after all; the carrier is asked, and refuses once it has the parcel."""

    zh, en, event, node = "取消取件", "Cancel the pick-up", "pickup_cancel_asked", "receipt"
    words: str = ask("原因", "Reason", "long")


@dataclass
class PickupConfirmed(Command):
    """The carrier sends a courier; with the waybill as soon as there is one. `pickup` left empty is the one that is booked."""

    zh, en, event, node = "取件已确认", "Pick-up confirmed", "pickup_confirmed", "receipt"
    pickup: str = ask("取件预约", "Pick-up", most=64)
    booking: str = ask("预约号", "Booking number", most=64)
    carrier: str = ask("承运商", "Carrier", most=64)
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class PickupOff(Command):
    """No courier comes: refused by the carrier, or cancelled as asked. The buyer sends the goods another way, with the whole time for it."""

    zh, en, event, node = "取件未成", "Pick-up off", "pickup_off", "receipt"
    pickup: str = ask("取件预约", "Pick-up", most=64)
    words: str = ask("承运商答复", "The carrier's answer", "long")


@dataclass
class PickupStands(Command):
    """It was too late to cancel: the parcel has been collected."""

    zh, en, event, node = "取件无法取消", "Pick-up stands", "pickup_stands", "receipt"
    pickup: str = ask("取件预约", "Pick-up", most=64)
    words: str = ask("承运商答复", "The carrier's answer", "long")

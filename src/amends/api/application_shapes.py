"""What applications, options and photos look like in answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from amends.api.shapes import Language


class AppliedCase(Struct):
    """A service order of the application; `existing`: the same goods were on it already (SO-3)."""

    id: str
    number: str
    state: str
    line_id: str
    existing: bool


class Applied(Struct):
    """An application taken in, a service order for each line; no id and number when every line had one already."""

    application_id: str | None
    number: str | None
    cases: list[AppliedCase]


class ReasonOption(Struct):
    """One reason of the pack's tree and whether the type may be asked for with it."""

    code: str
    label: Language
    allowed: bool
    verdict: str
    detail: Language
    until: datetime | None


class TypeOption(Struct):
    """One type on one line: open or not, until when, and the rule that says so (SO-2)."""

    type: str
    allowed: bool
    code: str
    rule: str
    detail: Language
    until: datetime | None
    freight_by: Annotated[str | None, Meta(description="Who pays the way back.")]
    reasons: list[ReasonOption]


class LineOption(Struct):
    """One line of the order; `left` pieces can still be asked for."""

    line_id: str
    sku: str
    title: str
    quantity: int
    left: int
    types: list[TypeOption]


class Options(Struct):
    """What may be asked for on an order."""

    order_id: str
    order_number: str
    lines: list[LineOption]
    photos_at_most: int
    photo_bytes_below: int


class BuyerLink(Struct):
    """An address that lets the buyer of an order in, until it expires."""

    url: str
    expires_at: datetime


class Photo(Struct):
    """A photo kept; name its id in `photos`."""

    id: str

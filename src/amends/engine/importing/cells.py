"""A cell's text as the value of a field: money to whole minor units without any float, instants to UTC, flags, choices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.money import exponent
from amends.core.order_fields import OrderField
from amends.core.refusal import Refusal

Read = Callable[[str], Any]
_GROUPED = re.compile(r"\d{1,3}(?:[,\s']\d{3})+", re.ASCII)
_SIGN = re.compile(r"^(?:[A-Z]{3}\s*|[A-Z]{0,3}[¥￥$€£₩]\s*)|(?:\s*(?:元|[A-Z]{3}))$")
# The same amounts and times stand again and again in a file.
_REMEMBERED = 4096
_TRUE = {"1", "true", "yes", "y", "是", "有", "✓"}
_FALSE = {"0", "false", "no", "n", "否", "无"}


class Unfit(Exception):
    """The text does not fit the field; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def reader(name: str, item: OrderField, *, currency: str, zone: ZoneInfo, dates: tuple[str, ...], decimal: str) -> Read | None:
    """How text becomes a value of this field; the function raises Unfit, its refusal has the path `name`. None: it stays as it is."""
    if item.kind == "money":
        return money(name, currency, decimal)
    if item.kind == "instant":
        return instant(name, item, zone, dates)
    if item.kind == "count":
        return _count(name, item)
    if item.kind == "flag":
        return _flag(name, item)
    if item.kind == "tags":
        return lambda text: tuple(tag.strip() for tag in re.split(r"[,;，；、|]", text) if tag.strip())
    if item.kind == "choice":
        return _choice(name, item)
    return None


def unquoted(text: str) -> str:
    """Spreadsheets write ="00123" so that digits stay; a tab before or after serves the same."""
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') else text


def money(name: str, currency: str, decimal: str) -> Read:
    """`178.8` of CNY is 17880. Finer than the currency's smallest coin is refused, never rounded."""
    digits = exponent(currency)

    @lru_cache(_REMEMBERED)
    def read(text: str) -> int:
        whole, dot, part = text.partition(decimal)
        if not (whole.isdigit() and whole.isascii()):
            text = _SIGN.sub("", text.strip())
            whole, dot, part = text.partition(decimal)
            sign, whole = whole[:1] == "-", whole.removeprefix("-")
            if _GROUPED.fullmatch(whole):
                whole = re.sub(r"\D", "", whole)
            if not (whole.isdigit() and whole.isascii()) or (sign and (int(whole) or part.strip("0"))):
                raise Unfit(Refusal("money_unreadable", {"text": text[:40], "currency": currency, "digits": digits}, name))
        if dot and (not part.isdigit() or not part.isascii() or part[digits:].strip("0")):
            raise Unfit(Refusal("money_unreadable", {"text": text[:40], "currency": currency, "digits": digits}, name))
        return int(whole + part[:digits].ljust(digits, "0"))

    return read


def instant(name: str, item: OrderField, zone: ZoneInfo, dates: tuple[str, ...]) -> Read:
    """A time without an offset is of the mapping's zone; what comes out is UTC."""

    @lru_cache(_REMEMBERED)
    def read(text: str) -> datetime:
        for form in dates:
            try:
                at = _parse(text, form)
                return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
        raise Unfit(Refusal("date_unreadable", {"zh": item.zh, "en": item.en, "text": text[:40], "forms": list(dates)}, name))

    return read


def _parse(text: str, form: str) -> datetime:
    if form == "iso":
        return datetime.fromisoformat(text)
    if form in ("epoch", "epoch_ms"):
        return datetime.fromtimestamp(int(text) / (1000 if form == "epoch_ms" else 1), UTC)
    return datetime.strptime(text, form)  # noqa: DTZ007 (the zone is put on by the caller)


def _count(name: str, item: OrderField) -> Read:
    @lru_cache(_REMEMBERED)
    def read(text: str) -> int:
        whole, dot, part = text.partition(".")
        if not (whole.isdigit() and whole.isascii() and len(whole) < 18) or (dot and part.strip("0")) or int(whole) > item.most:
            raise Unfit(Refusal("out_of_range", {"zh": item.zh, "en": item.en, "least": 0, "most": item.most}, name))
        return int(whole)

    return read


def _flag(name: str, item: OrderField) -> Read:
    def read(text: str) -> bool:
        word = text.lower()
        if word not in _TRUE and word not in _FALSE:
            raise Unfit(Refusal("wrong_kind", {"zh": item.zh, "en": item.en}, name))
        return word in _TRUE

    return read


def _choice(name: str, item: OrderField) -> Read:
    known = dict.fromkeys(item.choices)

    def read(text: str) -> str:
        if text not in known:
            raise Unfit(Refusal("not_a_choice", {"zh": item.zh, "en": item.en, "choices": list(item.choices)}, name))
        return text

    return read

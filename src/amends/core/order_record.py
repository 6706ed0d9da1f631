"""An order out of a JSON record (the API's body, a line of JSON Lines), or everything wrong with it at once.

Money is `{"amount": 1299, "currency": "CNY"}` in minor units, instants are RFC 3339 with an offset, names are those of `order_fields`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.core.order_fields import LINE, ORDER, PARCEL, PAYMENT, OrderField
from amends.core.orders import Line, Order, Parcel, Payment, check, complete
from amends.core.refusal import Refusal

_INSIDE: dict[str, tuple[dict[str, OrderField], type[Line] | type[Payment] | type[Parcel]]] = {
    "lines": (LINE, Line), "payments": (PAYMENT, Payment), "parcels": (PARCEL, Parcel),
}
_MOST_INSIDE = 2000


def read(body: Mapping[str, Any]) -> tuple[Order | None, list[Refusal]]:
    """A completed and checked order, or the refusals with their paths. Never raises for what a record contains."""
    wrong: list[Refusal] = []
    currency = body.get("currency")
    currency = currency if isinstance(currency, str) else ""
    values = _values({k: v for k, v in body.items() if k not in _INSIDE}, ORDER, "", currency, wrong)
    for name, (table, made) in _INSIDE.items():
        values[name] = _inside(body.get(name), name, table, made, currency, wrong)
    if wrong:
        return None, wrong
    order = complete(Order(**values))
    wrong = check(order)
    return (None if wrong else order), wrong


def _inside(given: Any, name: str, table: dict[str, OrderField], made: Any, currency: str, wrong: list[Refusal]) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > _MOST_INSIDE or not all(isinstance(item, Mapping) for item in given):
        wrong.append(Refusal("wrong_kind", {"zh": name, "en": name}, name))
        return []
    found = []
    for i, item in enumerate(given):
        before = len(wrong)
        values = _values(item, table, f"{name}[{i}].", currency, wrong)
        if len(wrong) == before:
            found.append(made(**values))
    return found


def _values(body: Mapping[str, Any], table: dict[str, OrderField], path: str, currency: str, wrong: list[Refusal]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, item in table.items():
        value = body.get(name)
        if value is None or value == "":
            if item.required:
                wrong.append(Refusal("required", {"zh": item.zh, "en": item.en}, path + name))
            continue
        read_as, good = _value(item, value, currency)
        if good:
            values[name] = read_as
        elif item.kind == "money" and isinstance(value, Mapping) and value.get("currency") != currency:
            wrong.append(Refusal("currency_differs", {"currency": str(value.get("currency")), "order": currency}, path + name))
        elif item.kind == "choice":
            wrong.append(Refusal("not_a_choice", {"zh": item.zh, "en": item.en, "choices": list(item.choices)}, path + name))
        else:
            wrong.append(Refusal("wrong_kind", {"zh": item.zh, "en": item.en}, path + name))
    wrong += [Refusal("field_unknown", {"name": path + str(name)}, path + str(name)) for name in body if name not in table]
    return values


def _value(item: OrderField, value: Any, currency: str) -> tuple[Any, bool]:
    """The value as the order holds it, and whether it was readable."""
    if item.kind == "money":
        amount = value.get("amount") if isinstance(value, Mapping) and value.get("currency") == currency else None
        return amount, type(amount) is int
    if item.kind == "count":
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
            value = int(value)
        return value, type(value) is int and 0 <= value <= item.most
    if item.kind == "flag":
        return value, isinstance(value, bool)
    if item.kind == "tags":
        return (tuple(value), True) if isinstance(value, list) and all(isinstance(t, str) and 0 < len(t) <= item.most for t in value) else ((), False)
    if not isinstance(value, str):
        return value, False
    if item.kind == "choice":
        return value, value in item.choices
    if item.kind == "instant":
        return _instant(value)
    return value.strip(), True


def _instant(text: str) -> tuple[datetime | None, bool]:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None, False
    return at, at.tzinfo is not None

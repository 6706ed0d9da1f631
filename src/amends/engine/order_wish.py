"""What may stand beside the goods in a change of an order: receiver, delivery, invoice, remark (OR-7). Reads what was typed, says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from amends.core.divisions import find
from amends.core.order_choices import DELIVERY, INVOICE_KINDS
from amends.core.refusal import Refusal

MOST_REMARK = 200
PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{4,22}(?:转[0-9]{1,6})?")
_TEXTS = {"receiver": ("收货人", "Receiver", 40), "detail": ("详细地址", "Street address", 200), "buyer_remark": ("订单留言", "Remark", MOST_REMARK)}
_TAX = re.compile(r"[0-9A-Z]{15,20}")


@dataclass(slots=True)
class Details:
    """What is typed; None: as it is. `invoice`: kind, title, tax_number."""

    receiver: str | None = None
    phone: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    detail: str | None = None
    delivery_wish: str | None = None
    buyer_remark: str | None = None
    invoice: dict[str, str] | None = field(default=None)

    def changes(self, order: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
        """Columns that get another value, and what is wrong with what was typed."""
        wrong = [*self._texts(), *self._choices()]
        given = {k: v.strip() if isinstance(v, str) else v for k, v in asdict(self).items() if v is not None}
        if self.invoice is not None:
            given["invoice"], said = invoice_of(self.invoice)
            wrong += said
        wrong += place(given, order)
        return {k: v for k, v in given.items() if v != (order[k] or ({} if k == "invoice" else ""))}, wrong

    def _texts(self) -> list[Refusal]:
        out = []
        for name, (zh, en, most) in _TEXTS.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not value.strip() and name != "buyer_remark":
                out.append(Refusal("required", {"zh": zh, "en": en}, name))
            if len(value.strip()) > most:
                out.append(Refusal("too_long", {"zh": zh, "en": en, "most": most, "now": len(value.strip())}, name))
        return out + ([Refusal("phone_wrong", field="phone")] if self.phone is not None and not phone_fits(self.phone) else [])

    def _choices(self) -> list[Refusal]:
        if self.delivery_wish is None or self.delivery_wish in DELIVERY:
            return []
        return [Refusal("not_a_choice", {"zh": "送货时间", "en": "Delivery time", "choices": list(DELIVERY)}, "delivery_wish")]


def phone_fits(phone: str) -> bool:
    """A number that can be dialled: digits with the usual signs between."""
    return PHONE.fullmatch(phone.strip()) is not None and 5 <= len(re.sub(r"\D", "", phone)) <= 18


def place(given: dict[str, Any], order: Mapping[str, Any]) -> list[Refusal]:
    """Province, city and district together are a real place; written back by their full names. Untouched ones are not looked at."""
    parts = {name: str(given.get(name, order[name]) or "") for name in ("province", "city", "district")}
    if all(parts[name] == (order[name] or "") for name in parts):
        return []
    found = find(**parts)
    if found is None:
        return [Refusal("place_unknown", {"place": " ".join(filter(None, parts.values()))}, "district")]
    given |= {"province": found.province, "city": found.city, "district": found.district}
    return []


def invoice_of(typed: Mapping[str, str]) -> tuple[dict[str, str], list[Refusal]]:
    """DE-5: an invoice for anybody who asks, personal or in the name of a company with its tax number."""
    kind, title, number = (str(typed.get(name, "")).strip() for name in ("kind", "title", "tax_number"))
    if kind in ("", "none"):
        return {}, []
    if kind not in INVOICE_KINDS:
        return {}, [Refusal("not_a_choice", {"zh": "发票", "en": "Invoice", "choices": list(INVOICE_KINDS)}, "invoice_kind")]
    wrong = [] if title else [Refusal("required", {"zh": "发票抬头", "en": "Invoice title"}, "invoice_title")]
    if len(title) > 100:
        wrong.append(Refusal("too_long", {"zh": "发票抬头", "en": "Invoice title", "most": 100, "now": len(title)}, "invoice_title"))
    if kind == "personal":
        return {"kind": kind, "title": title}, wrong
    number = number.upper().replace(" ", "")
    return {"kind": kind, "title": title, "tax_number": number}, wrong if _TAX.fullmatch(number) else [*wrong, Refusal("tax_number_wrong", field="invoice_tax_number")]

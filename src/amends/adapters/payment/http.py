"""A payment provider behind the HTTP contract of docs/guides/payment-provider.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends.adapters.link import Link, NotFound, Unreachable
from amends.adapters.payment.protocol import ChargeAsked, PayoutAsked, RefundAsked
from amends.core.told import Told, read

PAGES = 10_000
"""More pages of a statement than this is a provider that never ends."""


@dataclass(slots=True)
class HttpProvider:
    """One connection of kind `payment`; `name` is the connection's."""

    name: str
    link: Link

    def refund(self, asked: RefundAsked) -> Told:
        """POST /v1/refunds"""
        return self._ask("refunds", "refund", asked.key, {"payment": asked.payment_ref, **_common(asked)})

    def payout(self, asked: PayoutAsked) -> Told:
        """POST /v1/payouts"""
        return self._ask("payouts", "payout", asked.key, {"payee": asked.payee, **_common(asked)})

    def charge(self, asked: ChargeAsked) -> Told:
        """POST /v1/charges"""
        return self._ask("charges", "charge", asked.key, {"payer": asked.payer, **_common(asked)})

    def cancel_charge(self, key: str) -> Told:
        """POST /v1/charges/<key>/cancel"""
        return _told(self.link.post(f"/v1/charges/{key}/cancel", {"key": key}, key), key, "charge")

    def look(self, key: str) -> Told | None:
        """GET /v1/transfers/<key>; a 404 that says `unknown_key` is the provider's no, any other 404 is a wrong address."""
        try:
            return _told(self.link.get(f"/v1/transfers/{key}"), key, None)
        except NotFound as nothing:
            if str(nothing) == "404 unknown_key":
                return None
            raise

    def statement(self, since: datetime, until: datetime, account: str = "") -> Iterator[Told]:
        """GET /v1/statement, page after page."""
        query = {"from": since.astimezone(UTC).isoformat(), "to": until.astimezone(UTC).isoformat()} | ({"account": account} if account else {})
        for _ in range(PAGES):
            page = self.link.get("/v1/statement", query)
            lines, following = page.get("lines"), page.get("next")
            if not isinstance(lines, list) or not isinstance(following, str):
                raise Unreachable("a statement without lines")
            for line in lines:
                told = read(line) if isinstance(line, dict) else None
                if told is None:
                    raise Unreachable(f"a line of the statement that cannot be read: {str(line)[:200]}")
                yield told
            if not following:
                return
            query["after"] = following
        raise Unreachable(f"a statement of more than {PAGES} pages")

    def _ask(self, where: str, kind: str, key: str, body: dict[str, Any]) -> Told:
        return _told(self.link.post(f"/v1/{where}", {"key": key, **body}, key), key, kind)


def _common(asked: RefundAsked | PayoutAsked | ChargeAsked) -> dict[str, Any]:
    return {"account": asked.account, "amount": asked.amount, "currency": asked.currency, "words": asked.words}


def _told(body: Mapping[str, Any], key: str, kind: str | None) -> Told:
    """The transfer in an answer. One about another key or kind is no answer to what was asked."""
    told = read(body)
    if told is None or told.key != key or (kind and told.kind != kind):
        raise Unreachable(f"an answer that is not about {key}: {str(dict(body))[:200]}")
    return told

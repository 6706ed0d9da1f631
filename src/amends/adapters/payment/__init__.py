"""Payment providers: how money goes back to the buyer (MO-3, MO-5)."""

from amends.adapters.payment.manual import ManualProvider
from amends.adapters.payment.protocol import PaymentProvider

PROVIDERS: dict[str, PaymentProvider] = {"manual": ManualProvider()}


def provider_of(name: str) -> PaymentProvider:
    """The provider that refunds payments made by `name`; what has no connection is transferred by hand."""
    return PROVIDERS.get(name, PROVIDERS["manual"])

"""The manual provider: finance transfers the money and records it (MO-5). It is always there."""

from amends.adapters.payment.protocol import RefundAnswer, RefundAsked


class ManualProvider:
    """Leaves every refund on finance's list; a person records the transfer by the command `record_transfer`."""

    name = "manual"

    def refund(self, asked: RefundAsked) -> RefundAnswer:
        """The request waits for a person."""
        return RefundAnswer("requested")

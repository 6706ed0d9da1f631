"""What the outside world reports, and what finance does about it: refunds moved or failed, differences paid, parcels intercepted (MO-3, LO-3)."""

from dataclasses import dataclass

from amends.core.commands import Command, ask


@dataclass
class RefundMoved(Command):
    """The payment provider says that the money of one refund request has gone back (MO-3)."""

    zh, en, event, node = "退款到账", "Refund moved", "refund_moved", "finance"
    request: str = ask("退款请求", "Refund request", "request", required=True, most=64)
    reference: str = ask("退款流水号", "Refund reference", most=64)


@dataclass
class RefundFailed(Command):
    """The payment provider refuses one refund request for good; finance is told and decides (MO-3)."""

    zh, en, event, node = "退款失败", "Refund failed", "refund_failed", "finance"
    request: str = ask("退款请求", "Refund request", "request", required=True, most=64)
    code: str = ask("失败代码", "Code", most=64)
    words: str = ask("失败原因", "Reason", "long")


@dataclass
class RetryRefund(Command):
    """重试退款: finance asks the provider once more for a request that failed, as a new attempt (MO-3)."""

    zh, en, event, node = "重试退款", "Retry the refund", "refund_retried", "finance"
    request: str = ask("退款请求", "Refund request", "request", required=True, most=64)


@dataclass
class DifferencePaid(Command):
    """The payment provider says that the buyer has paid the difference to a dearer SKU (exchange rows of 02)."""

    zh, en, event, node = "差价到账", "Difference paid", "difference_paid", "finance"
    charge: str = ask("收款请求", "Charge", "request", required=True, most=64)
    reference: str = ask("收款流水号", "Payment reference", most=64)


@dataclass
class RecordPayment(Command):
    """登记收款: finance has received the difference by hand (MO-5)."""

    zh, en, event, node = "登记收款", "Record payment", "difference_paid", "finance"
    charge: str = ask("收款请求", "Charge", "request", required=True, most=64)
    reference: str = ask("收款流水号", "Payment reference", required=True, most=64)


@dataclass
class InterceptionSucceeded(Command):
    """The carrier has stopped the parcel; it comes back to the merchant (CA-3, LO-3)."""

    zh, en, event, node = "拦截成功", "Interception succeeded", "interception_succeeded", "processing"
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class InterceptionFailed(Command):
    """The carrier could not stop the parcel; the merchant decides anew, with the carrier's answer (CA-4)."""

    zh, en, event, node = "拦截失败", "Interception failed", "interception_failed", "processing"
    waybill: str = ask("运单号", "Waybill number", most=64)
    words: str = ask("承运商答复", "The carrier's answer", "long")


@dataclass
class OrderShipped(Command):
    """The order left the warehouse while its cancellation was open: what is possible changes (CA-2)."""

    zh, en, event, node = "订单已发货", "Order shipped", "order_shipped", "clock"


@dataclass
class OrderReceived(Command):
    """Receipt was confirmed while the cancellation was open: nothing is refunded, after-sales is offered (CA-3, CA-4, OR-5)."""

    zh, en, event, node = "订单已确认收货", "Receipt confirmed", "order_received", "clock"

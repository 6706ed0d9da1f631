"""The ledger of one merchant (MO-4): its accounts, the kinds of movement, and the rule that every movement sums to zero.

**The sign rule, said once.** An account is a purse. An entry above zero puts money into the purse, one below zero takes it out, so every
movement only carries money from some purses to others and its entries sum to zero. A balance above zero is money that lies there for
somebody: refunds that buyers still wait for, a deposit, what a provider was given to hand on. A balance below zero is money that was taken
in advance and is still to come back into that purse: what the next settlement is reduced by, what a buyer or a carrier owes.

Amounts are whole minor units of one currency. Nothing here reads or writes; `core.movements` builds the movements.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A purse: its name, and in words what a balance above and below zero means."""

    zh: str
    en: str
    holds_zh: str
    holds_en: str


ACCOUNTS: dict[str, Account] = {
    "merchant_settlement": Account(
        "商家货款", "Merchant settlement", "售后让货款增减多少；负数在下次结算时扣除", "By how much after-sales changes what is settled with the merchant; below zero the next settlement is reduced",
    ),
    "merchant_deposit": Account("保证金", "Merchant deposit", "平台代商家保管的保证金", "The merchant's deposit, kept by the platform"),
    "platform_advance": Account("平台先行赔付", "Platform advance", "负数是平台替商家先付、还没收回的钱", "Below zero: what the platform has paid first for the merchant and not recovered yet"),
    "lightning_advance": Account("闪电退款垫付", "Lightning advances", "负数是平台已先退给客户、商品还没验收的钱", "Below zero: refunds the platform has advanced whose goods are not in order yet"),
    "platform_cost": Account("平台承担", "Borne by the platform", "负数是平台自己承担的钱，不向商家收回", "Below zero: what the platform bears itself and does not recover"),
    "buyer_refund": Account(
        "应退客户", "Owed to buyers", "已同意、还没退到客户手里的钱；负数是冲正后多留在客户手里的钱",
        "Granted and not yet with the buyers; below zero: left with buyers after a reversal",
    ),
    "buyer_charge": Account("客户应补", "Owed by buyers", "负数是换更贵的商品时客户还没补的差价", "Below zero: differences for dearer goods that buyers have not paid yet"),
    "compensation": Account(
        "应付赔付", "Compensation due", "已决定、还没付给客户的赔付；负数是改判后多留在客户手里的赔付", "Compensation decided and not yet paid to buyers; below zero: left with buyers after a judgement was replaced",
    ),
    "goodwill": Account("应付补偿", "Goodwill due", "客服已给、还没付给客户的补偿", "Goodwill given by agents and not yet paid to buyers"),
    "penalty": Account("违约金", "Penalties", "平台向商家收取的违约金", "Penalties the platform has collected from the merchant"),
    "freight": Account(
        "运费往来", "Freight", "代收的运费，待付给承运方；负数是垫付的运费，待向承运商或保险收回",
        "Freight kept for whoever carried the parcel; below zero: laid out and to be had back from the carrier or the insurer",
    ),
}
PROVIDER = "provider:"
"""Accounts of payment providers begin so: `provider:<name>`. Above zero, money left through that provider; what came in through it counts against it."""
PROVIDER_ACCOUNT = Account("支付渠道", "Payment provider", "经这个渠道付出的钱，减去经它收进的钱", "Money that left through this provider, less what came in through it")
MANUAL = "manual"
"""The provider behind which finance stands: transfers made and recorded by hand (MO-5)."""


def provider_account(name: str) -> str:
    """The account of a payment provider; what has no name was done by hand."""
    return PROVIDER + (name or MANUAL)


def account_of(code: str) -> Account | None:
    """What an account's code means; None for no account of ours."""
    if code.startswith(PROVIDER) and len(code) > len(PROVIDER):
        return PROVIDER_ACCOUNT
    return ACCOUNTS.get(code)


PAYERS = {
    "merchant": "merchant_settlement", "platform": "platform_cost", "carrier": "freight", "insurer": "freight", "advance": "platform_advance", "deposit": "merchant_deposit",
}
"""From whose purse something is given: `carrier` and `insurer` are asked for it afterwards, `advance` is platform money to be recovered (CO-2)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: `amount` in signed minor units; `part` says which part of the movement it is (a key of `PARTS`)."""

    account: str
    amount: int
    part: str = ""


PARTS: dict[str, tuple[str, str]] = {
    "goods": ("货款", "goods"),
    "freight_out": ("发货运费", "freight of the way out"),
    "freight_kept": ("客户承担的退货运费", "return freight the buyer bears"),
    "refund": ("退款", "refund"),
    "difference": ("换货差价", "difference of an exchange"),
}
"""What a part of a movement is called, zh and en."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A balanced double entry in one currency. Raises ValueError when it is not balanced: that is a bug, never a business refusal."""

    kind: str
    currency: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.lines or any(line.amount == 0 or account_of(line.account) is None for line in self.lines):
            raise ValueError(f"{self.kind}: not a movement of the ledger: {self.lines}")
        if sum(line.amount for line in self.lines):
            raise ValueError(f"{self.kind}: {self.lines} do not sum to zero")

    def cost(self) -> dict[str, int]:
        """What each purse other than the buyers' gave (below zero) or got, for taking it all back later."""
        out: dict[str, int] = {}
        for line in self.lines:
            if line.account != "buyer_refund":
                out[line.account] = out.get(line.account, 0) + line.amount
        return out


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of movement in words: its name, and what it carries from where to where."""

    zh: str
    en: str
    words_zh: str
    words_en: str


KINDS: dict[str, Kind] = {
    "refund_granted": Kind("同意退款", "Refund granted", "从承担方转到应退客户，等待退出", "From whoever bears it to what buyers are owed; it waits to be sent"),
    "refund_moved": Kind("退款到账", "Refund moved", "应退客户的钱经支付渠道退出", "What the buyer was owed has left through the provider"),
    "refund_reversed": Kind("冲正退款", "Refund reversed", "撤回已同意的退款，钱回到承担方", "What was granted goes back to whoever bore it"),
    "difference_charged": Kind("应补差价", "Difference charged", "换更贵的商品，客户应补差价", "Dearer goods: the buyer owes the difference"),
    "difference_paid": Kind("差价到账", "Difference paid", "客户补的差价经支付渠道收进", "The difference has come in through the provider"),
    "difference_dropped": Kind("差价取消", "Difference dropped", "不再换货，差价不用补了", "The exchange is off, so the difference is no longer owed"),
    "difference_refunded": Kind("退还差价", "Difference refunded", "换更便宜的商品，差价转到应退客户", "Cheaper goods: the difference is owed to the buyer"),
    "late_shipment_granted": Kind("同意延迟发货赔付", "Late shipment compensation granted", "从承担方转到应付赔付", "From whoever bears it to compensation due"),
    "late_shipment_paid": Kind("延迟发货赔付到账", "Late shipment compensation paid", "应付赔付经支付渠道付出", "Compensation due has left through the provider"),
    "late_shipment_dropped": Kind("撤销延迟发货赔付", "Late shipment compensation dropped", "未付的赔付退回承担方", "Not paid; back to whoever bore it"),
    "price_protection_granted": Kind("同意价保", "Price protection granted", "从承担方转到应付赔付", "From whoever bears it to compensation due"),
    "price_protection_paid": Kind("价保到账", "Price protection paid", "应付赔付经支付渠道付出", "Compensation due has left through the provider"),
    "price_protection_dropped": Kind("撤销价保", "Price protection dropped", "未付的差额退回承担方", "Not paid; back to whoever bore it"),
    "return_freight_granted": Kind("同意退货运费补偿", "Return freight granted", "从承担方转到应付赔付", "From whoever bears it to compensation due"),
    "return_freight_paid": Kind("退货运费到账", "Return freight paid", "应付赔付经支付渠道付出", "Compensation due has left through the provider"),
    "return_freight_dropped": Kind("撤销退货运费补偿", "Return freight dropped", "未付的运费退回承担方", "Not paid; back to whoever bore it"),
    "goodwill_granted": Kind("给予补偿", "Goodwill granted", "从承担方转到应付补偿", "From whoever bears it to goodwill due"),
    "goodwill_paid": Kind("补偿到账", "Goodwill paid", "应付补偿经支付渠道付出", "Goodwill due has left through the provider"),
    "goodwill_dropped": Kind("撤销补偿", "Goodwill dropped", "未付的补偿退回承担方", "Not paid; back to whoever bore it"),
    "judgement_granted": Kind("判责赔付", "Awarded by judgement", "从承担方转到应付赔付", "From whoever bears it to compensation due"),
    "judgement_paid": Kind("判责赔付到账", "Award paid", "应付赔付经支付渠道付出", "Compensation due has left through the provider"),
    "judgement_dropped": Kind("撤销判责赔付", "Award dropped", "改判，未付的赔付退回承担方", "Judged anew: not paid; back to whoever bore it"),
    "judgement_reversed": Kind("冲正判责赔付", "Award reversed", "改判，已付的赔付留在客户手里，承担方的钱退回", "Judged anew: paid and left with the buyer; whoever bore it has it back"),
    "advance_granted": Kind("平台先行赔付", "Advance granted", "平台先替商家付，转到应付赔付", "The platform pays first for the merchant; it becomes compensation due"),
    "advance_paid": Kind("先行赔付到账", "Advance paid", "应付赔付经支付渠道付出", "Compensation due has left through the provider"),
    "advance_dropped": Kind("撤销先行赔付", "Advance dropped", "未付的先行赔付退回平台", "Not paid; back to the platform"),
    "advance_recovered": Kind("收回先行赔付", "Advance recovered", "从商家收回平台先付的钱", "What the platform had paid first is taken from the merchant"),
    "advance_given_back": Kind("退还已收回的先行赔付", "Recovered advance given back", "商家申诉成立，已收回的钱还给商家", "The merchant's appeal is upheld: what was recovered goes back"),
    "lightning_advanced": Kind("闪电退款垫付", "Refund advanced", "平台先替商家退款，转到应退客户", "The platform refunds before the goods are there; it becomes owed to the buyer"),
    "lightning_settled": Kind("闪电退款结清", "Advance settled", "商品验收，垫付的钱由商家承担", "The goods are in order: the merchant bears what was advanced"),
    "lightning_came_back": Kind("催收到账", "Claim paid", "客户退回的钱经支付渠道收进", "What the buyer paid back has come in through the provider"),
    "lightning_taken_back": Kind("垫付收回", "Advance taken back", "客户退回的钱还给垫付", "What the buyer paid back makes good the advance"),
    "lightning_waived": Kind("放弃催收", "Claim waived", "商家不再催收，垫付的钱由商家承担", "The merchant does not claim it any more and bears it"),
    "lightning_written_off": Kind("催收核销", "Claim written off", "客户没有按时退回，垫付的钱由规则包指定的一方承担", "Not paid back in time: borne by whom the pack names"),
    "penalty_charged": Kind("收取违约金", "Penalty charged", "从商家转到违约金", "From the merchant to penalties"),
    "penalty_returned": Kind("退还违约金", "Penalty returned", "违约金退回商家", "Back to the merchant"),
    "deposit_paid_in": Kind("缴纳保证金", "Deposit paid in", "商家缴纳或补足保证金", "The merchant pays or tops up the deposit"),
    "deposit_taken": Kind("保证金抵扣", "Deposit taken", "用保证金抵扣货款的欠款", "The deposit covers what the settlement lacks"),
    "deposit_returned": Kind("退还保证金", "Deposit returned", "保证金退给商家", "The deposit goes back to the merchant"),
}
"""Every kind of movement there is; the database keeps the code, screens the words."""

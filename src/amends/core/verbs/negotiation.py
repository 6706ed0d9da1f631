"""协商: the merchant proposes something else before refusing; the buyer accepts, declines or lets it pass (SO-28)."""

from dataclasses import dataclass

from amends.core.commands import Command, ask
from amends.core.verbs.review import FAULTS

OFFERS = ("return", "refund_only", "exchange", "repair", "reissue", "withdraw")
"""What can be proposed: goods back and money, money alone, other goods for them, a repair, goods sent again, or: please withdraw, we agreed."""


@dataclass
class Propose(Command):
    """提出协商方案. `amount` in minor units, empty for what is computed; it is carried out by itself when the buyer accepts."""

    zh, en, event, node = "提出协商方案", "Propose", "proposed", "review"
    offer: str = ask("方案", "Proposal", "choice", required=True, choices=OFFERS)
    amount: int | None = ask("退款金额", "Amount", "money", least=0, most=10**12)
    freight_by: str = ask("寄回运费由谁承担", "Return freight paid by", "choice", choices=FAULTS)
    return_address: str = ask("退货地址", "Return address", "address", most=64)
    sku: str = ask("换新或补发 SKU", "SKU to send", "sku", most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)
    words: str = ask("向客户说明", "Explanation to the buyer", "long", required=True)


@dataclass
class AcceptProposal(Command):
    """接受方案. `proposal`: the number of the one that was read, so that another one is never accepted in its place; empty takes the present one."""

    zh, en, event, node = "接受方案", "Accept the proposal", "proposal_accepted", "buyer"
    proposal: int | None = ask("方案序号", "Proposal number", "count", least=1, most=99)


@dataclass
class DeclineProposal(Command):
    """不接受方案, with words; the merchant goes on where it was."""

    zh, en, event, node = "不接受方案", "Decline the proposal", "proposal_declined", "buyer"
    proposal: int | None = ask("方案序号", "Proposal number", "count", least=1, most=99)
    words: str = ask("为什么不接受", "Why not", "long", required=True)


@dataclass
class WithdrawProposal(Command):
    """撤回方案: the merchant takes back what the buyer has not answered."""

    zh, en, event, node = "撤回方案", "Take the proposal back", "proposal_taken_back", "review"
    words: str = ask("给客户的话", "Words to the buyer", "long")

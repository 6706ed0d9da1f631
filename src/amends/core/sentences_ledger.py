"""The ledger's refusals in words; amounts in them are minor units, shown as money by the screens."""

LEDGER: dict[str, tuple[str, str]] = {
    "ledger_amount_wrong": ("金额必须大于零，现在是 {asked}；请重新填写", "The amount must be above zero; it is {asked}. Enter another"),
    "ledger_purse_unknown": ("没有“{what}”这个账户或承担方，请重新选择", "There is no account or payer “{what}”; choose another"),
    "ledger_nothing_granted": ("没有可冲正的退款，无需记账", "Nothing was granted that could be reversed; nothing to book"),
    "ledger_deposit_short": ("保证金只有 {held}，不够 {asked}；请改小金额，或从货款扣除", "The deposit holds {held}, less than {asked}; enter less, or take it from the settlement"),
    "ledger_penalty_less": ("已收取还没退还的违约金只有 {charged}，最多退还 {charged}", "Only {charged} of penalties is not returned yet; at most that can be given back"),
    "ledger_advance_less": ("平台先行赔付还未收回的只有 {advanced}，最多收回 {advanced}", "Only {advanced} of the advance is not recovered yet; at most that can be taken"),
}

"""Sentences of refusals about proposals, Chinese and English (SO-28)."""

NEGOTIATION: dict[str, tuple[str, str]] = {
    "negotiation_off": ("当前规则不支持协商方案；请直接同意、询问客户或写明原因后拒绝", "The rules in force offer no proposals; approve, ask the buyer, or refuse with a reason"),
    "proposals_used_up": ("每张服务单最多提出 {most} 次方案，已用完；请按现有信息审核，或申请平台介入",
                          "A service order has {most} proposals at most and they are used up; decide on what is known, or call the platform in"),
    "proposal_first": ("按规则拒绝前要先与客户协商；请先“提出协商方案”，客户不接受后可以拒绝",
                       "The rules ask for a proposal before a refusal; propose something first, then refuse if the buyer does not accept"),
    "proposal_last": ("按规则拒绝前要先与客户协商，{most} 次方案已是最后一次，不能撤回；请等客户答复或到时限", "The rules ask for a proposal before a refusal and this is the last of {most}, so it stays; wait for the buyer's answer or the end of its time"),
    "offer_missing": ("先选一个方案，这里会显示客户接受后会怎样", "Choose what to propose; what accepting it would do is shown here"),
    "offer_not_here": ("货已到，不能再提出这个方案；可提出退款、换新、维修或补发", "The goods are here, so this cannot be proposed; propose a refund, an exchange, a repair or a reissue"),
    "offer_same": ("方案与客户的申请相同；直接同意即可，或写明金额、运费等不同之处", "This is what the buyer asked for; approve it, or say what differs: an amount, who pays freight"),
    "offer_has_no_field": ("“{zh}”不属于这个方案，请清空", "“{en}” does not belong to this proposal; leave it empty"),
    "offer_needs_sku": ("请选择要发给客户的 SKU", "Choose the SKU that the buyer gets"),
    "proposal_late": ("处理时限已过，不能再提出方案；请直接处理", "The time to process has run out, so nothing can be proposed any more; act on the case"),
    "proposal_other": ("商家已经换了一个方案；请看过新的方案再回答", "The merchant has made another proposal since; read it, then answer"),
    "proposal_stale": ("这个方案现在做不到了（最多可退 {cap}）；请点“不接受”，商家可以重新提出", "This cannot be carried out any more (at most {cap} is left); decline it, and the merchant can propose anew"),
    "less_than_agreed": ("已与客户商定退款 {agreed}，不能少于它；要少退请先重新协商", "{agreed} was agreed with the buyer and cannot be paid short; to pay less, come to a new agreement"),
    "other_than_agreed": ("已与客户商定换 {sku}；要换别的请先与客户协商改类型", "{sku} was agreed with the buyer; to send something else, change the type with the buyer's consent first"),
    "goods_are_here": ("货已到商家，不能撤销申请；可以接受或不接受方案", "The goods are with the merchant, so the application cannot be withdrawn; accept or decline the proposal"),
}

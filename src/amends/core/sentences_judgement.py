"""Sentences of what disputes do to other cases, Chinese and English (DI-2, DI-3, DI-7, DI-8)."""

JUDGEMENT: dict[str, tuple[str, str]] = {
    "judged_otherwise": ("这张单现在按纠纷 {number} 的结果处理，不能撤回别的纠纷", "This case goes by what dispute {number} decided; another one cannot be taken back here"),
    "judged_goods_taken": ("这些商品已在另一张单上处理，没有重复处理；请查看同一订单的其他单", "Another case has these goods, so nothing was done twice; look at the other cases of the order"),
    "judged_paid_already": ("这张单已经退过款，判责没有再改动它", "This case has paid already, so the judgement left it as it is"),
    "not_paid_first": ("款项没有先行赔付，请正常退款", "Nothing was paid first; refund as usual"),
    "plan_cancellation_filed": (
        "客户已提交取消订单 {number}，方案没有执行；请直接审核这张取消订单，通过后可再选“已协商驳回取消”",
        "The buyer has filed the cancellation {number}, so the plan was not carried out; approve that cancellation directly, then choose what was agreed",
    ),
    "plan_moved_on": ("方案执行前纠纷已进入下一步，方案没有执行，没有退款", "The dispute moved on before the plan was carried out; nothing was done or refunded"),
    "remedy_goods_under_way": ("商品正在寄送或处理，原单 {number} 没有改动；已付的钱不会重复支付，请按实物处理", "Goods of {number} are on their way or being processed, so it was left as it is; nothing is paid twice"),
    "undo_goods_under_way": ("改判时原单 {number} 的商品已在路上或已处理，不能恢复原状；请按现状另行判定", "When the appeal was upheld goods of {number} were under way, so it could not be put back; judge on what is now"),
}

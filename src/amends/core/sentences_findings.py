"""Refusals of findings about goods (PO-2, PO-5, PO-6), in both languages; each says what to do instead."""

FINDINGS: dict[str, tuple[str, str]] = {
    "finding_unknown": ("本单的规则包对这类商品只认这些情形：{zh}；其他情况请写在依据里", "For these goods the pack of this case knows only: {en}; put anything else into words"),
    "weight_not_asked": ("申请原因与重量无关，不需要填短重；请清空这一项", "The reason has nothing to do with weight; leave the weight empty"),
}

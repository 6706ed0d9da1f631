"""Sentences of refusals at the platform's desk, Chinese and English (UI-5, DI-11)."""

ADJUDICATION: dict[str, tuple[str, str]] = {
    "desk_too_many": ("一次最多分派 {most} 单，现在选了 {now} 单；请缩小筛选", "At most {most} cases can be handed out at once; {now} are chosen. Narrow the filter"),
    "desk_nothing_chosen": ("还没有勾选任何单；请先勾选，或选“筛选出的全部”", "Nothing is chosen yet; tick some, or take all that the filter finds"),
    "desk_person_unknown": ("请选择要分派给谁；此人可能已停用，请刷新后重选", "Choose whom to give it to; the person may have been turned off. Reload and choose again"),
    "desk_person_cannot": ("{name} 没有处理这类单据的权限，请换一个人，或先授予权限", "{name} may not work on such cases; choose somebody else, or grant the permission first"),
    "desk_judged_before": ("{name} 参与过这单的原判决，申诉要由其他人处理，请换一个人", "{name} took part in the first judgement, and an appeal is judged by somebody else; choose another person"),
    "desk_given_meanwhile": ("{number} 刚刚已由 {name} 负责，没有改动；需要改派请刷新后再选", "{number} was just given to {name} and has been left alone; reload to hand it over"),
    "desk_case_closed": ("{number} 已经结束，不用分派", "{number} has ended and needs nobody"),
    "mark_there_already": ("这单已经标记过，平台能看到；不用重复标记", "This case is marked already and the platform sees it; nothing more is needed"),
    "mark_needs_words": ("选了“其他”，请写明客户要求了什么", "Say what the buyer asked for when the reason is “other”"),
    "mark_unknown": ("找不到这条标记，请刷新列表", "This mark is not known; reload the list"),
    "mark_withdrawn_before": ("这条标记已经撤回过", "This mark has been withdrawn already"),
}

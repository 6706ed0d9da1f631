"""What is said when a dossier or a reply template cannot be had (DI-10, DI-12)."""

DOSSIERS: dict[str, tuple[str, str]] = {
    "dossier_not_drawn": ("卷宗正在制作，请几秒后再取", "The dossier is being made; ask again in a few seconds"),
    "dossier_erased": ("这份卷宗已于 {on} 按期清除，只留下摘要；需要时请重新制作", "This dossier was erased on {on} when its time was over; only its digests are kept. Make another if you need one"),
    "template_unknown_word": ("模板里的 {{{name}}} 不是可用的填充项，请从列表里选择", "{{{name}}} is nothing a template can fill in; choose from the list"),
    "template_name_missing": ("请填写模板名称（中文和英文），中文最多 40 字", "Name the template in Chinese and English; 40 and 80 characters at most"),
    "template_words_missing": ("请填写模板内容（中文和英文），各最多 500 字", "Write the template in Chinese and English; 500 characters at most each"),
    "template_scenario_wrong": ("请从列表里选择纠纷场景", "Choose the scenario from the list"),
    "template_gone": ("没有这个模板，请刷新列表", "There is no such template; reload the list"),
    "template_too_many": ("自建模板最多 {most} 个，请先删除不用的", "There may be {most} templates of your own; remove some you do not use"),
    "template_lacks": ("模板“{name}”需要{lacks}，这张单还没有；请选择其他模板", "The template “{name}” needs {lacks}, which this case has not; choose another"),
    "no_trace_to_draw": ("这张单还没有运单和轨迹，不能附物流轨迹图", "This case has no parcel with a waybill yet, so there is no trace to attach"),
    "no_refund_to_draw": ("这张单还没有退款记录，不能附退款记录图", "This case has no refund yet, so there is no record to attach"),
}

"""The operations of clocks and suspensions, for the one list (PO-15, PO-16)."""

from typing import Any

TAG, NEEDS = "clocks", "manage_suspensions"
POSTED = ("Idempotency-Key",)


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("list_clocks", "get", "/clocks", "商家的全部时限", "Every clock of a merchant", TAG, "Clocks", takes=("merchant_id",), fails=(404, 422),
             about="每个状态多长时间、到时怎样、依据在哪，中英文都有；极速审核和暂停也在内。 · Each state's time, what happens then and why, in both languages, with fast review and suspensions (PO-16)."),
        made("list_clocks_of_pack", "get", "/packs/{pack}/clocks", "规则包的全部时限", "Every clock of a pack", TAG, "Clocks", fails=(404, 422)),
        made("list_suspensions", "get", "/suspensions", "暂停列表", "List suspensions", TAG, "SuspensionPage", fails=(422,),
             about="平台看到全部，商家看到生效和预告中的。 · The platform sees all of them, a merchant those in force and coming."),
        made("suspend_clocks", "post", "/suspensions", "暂停时限", "Suspend clocks", TAG, "Suspension", NEEDS, "Suspending", ("dry_run", *POSTED), (409, 413, 415, 422), "SuspensionEffect",
             about="已经在走的倒计时由后台逐个商家调整，剩下的时间一秒不差；`dry_run` 只看影响。 · Armed clocks follow merchant by merchant and keep what they had left to the second; "
                   "`dry_run` says what would move (PO-15)."),
        made("change_suspension", "put", "/suspensions/{id}", "修改暂停", "Change a suspension", TAG, "Suspension", NEEDS, "Suspending", ("dry_run",), (404, 409, 413, 415, 422), "SuspensionEffect",
             about="未开始和生效中的可以改名称、起止、时限和省份，当作一直如此；`dry_run` 只看影响。 · One that is coming or in force; clocks stand as if it had always been so; `dry_run` says what would move."),
        made("end_suspension", "post", "/suspensions/{id}/end", "提前结束", "End a suspension early", TAG, "Suspension", NEEDS, "", ("dry_run", *POSTED), (404, 409, 413, 422), "SuspensionEffect"),
        made("withdraw_suspension", "post", "/suspensions/{id}/withdraw", "撤回暂停", "Withdraw a suspension", TAG, "Suspension", NEEDS, "", ("dry_run", *POSTED), (404, 409, 413, 422), "SuspensionEffect",
             about="当作从来没有暂停过。已经生效的，建议提前结束。 · As if it had never been; for one in force, ending it early is kinder."),
    )

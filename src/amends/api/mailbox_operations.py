"""The operations of mailboxes, for the one list (TI-4)."""

from typing import Any

TAG, PLATFORM, OWN = "mailboxes", "manage_mail", "manage_mail | manage_settings"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    posted = ("Idempotency-Key",)
    about = "只写不读的密码加密存放，不在任何回答里。 · Passwords are written and never read; they lie sealed and stand in no answer."
    return (
        made("list_mailboxes", "get", "/mailboxes", "邮箱列表", "List mailboxes", TAG, "MailboxPage", OWN, takes=("merchant_id",), fails=(404, 422),
             about="平台密钥列出全部，或用 `merchant_id` 只列一个商家的；商家密钥（`manage_settings`）列出自己的。 · All for a key of the platform, or one merchant's; a merchant's key sees its own."),
        made("add_mailbox", "post", "/mailboxes", "添加邮箱", "Add a mailbox", TAG, "MailboxShown", PLATFORM, "Mailbox", posted, (404, 409, 413, 415, 422), about=f"添加后立即启用并测试连接。{about} · In use and tried at once."),
        made("get_mailbox", "get", "/mailboxes/{id}", "查看邮箱", "One mailbox", TAG, "MailboxShown", OWN, fails=(404, 422), about="`tried` 是最近一次测试连接的结果。 · `tried` is what came of trying it last."),
        made("change_mailbox", "put", "/mailboxes/{id}", "修改邮箱", "Change a mailbox", TAG, "MailboxShown", PLATFORM, "MailboxSettings", fails=(404, 409, 413, 415, 422),
             about=f"整体替换设置；密码不填则保留原来的。{about} · Puts these settings in place of those there are; a password left out stays."),
        made("test_mailbox", "post", "/mailboxes/{id}/test", "测试邮箱连接", "Try a mailbox", TAG, "MailboxShown", PLATFORM, takes=posted, fails=(404, 413, 422),
             about="由 worker 登录两边的服务器；结果在 `tried` 里，几秒后再取一次。 · The worker signs in to both servers; ask again in a few seconds for `tried`."),
        made("disable_mailbox", "post", "/mailboxes/{id}/disable", "停用邮箱", "Switch a mailbox off", TAG, "MailboxShown", PLATFORM, takes=posted, fails=(404, 413, 422)),
        made("enable_mailbox", "post", "/mailboxes/{id}/enable", "启用邮箱", "Switch a mailbox on", TAG, "MailboxShown", PLATFORM, takes=posted, fails=(404, 413, 422)),
        made("get_mail_contact", "get", "/mail-contact", "商家的联系邮箱", "A merchant's contact address", TAG, "MailContactShown", "manage_settings", takes=("merchant_id",), fails=(404, 422)),
        made("set_mail_contact", "put", "/mail-contact", "修改联系邮箱", "Set the contact address", TAG, "MailContactShown", "manage_settings", "MailContact", fails=(404, 413, 415, 422),
             about="只用商家自己的密钥。平台就工单写的话会发到这里，从这里回复就算商家的答复。 · With the merchant's own key. The platform writes here about tickets; an answer from here is the merchant's."),
    )

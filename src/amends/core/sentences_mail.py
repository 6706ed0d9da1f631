"""Refusals about mailboxes and mails (TI-4)."""

MAIL: dict[str, tuple[str, str]] = {
    "mail_address_wrong": ("“{address}”不是邮箱地址，请写成 help@example.com", "“{address}” is not an address; write it as help@example.com"),
    "mail_address_taken": ("{address} 已经添加过，请在列表里修改它", "{address} has been added already; change it in the list"),
    "mail_host_wrong": ("请填写服务器名称，例如 imap.example.com，不带 https 和路径", "Enter the server's name, such as imap.example.com, without https or a path"),
    "mail_port_wrong": ("端口应为 1 到 65535 的数字", "A port is a number from 1 to 65535"),
    "mail_plain_away": ("不加密只允许连接本机，请改用 TLS 或 STARTTLS", "Without encryption only this machine can be reached; choose TLS or STARTTLS"),
    "mail_user_missing": ("请填写登录用户名，多数邮箱就是完整的邮箱地址", "Enter the user name; with most providers it is the whole address"),
    "mail_password_missing": ("请填写密码；QQ、163 等邮箱要用在网页邮箱里生成的授权码", "Enter the password; some providers want a code made in their web mail"),
    "mail_text_wrong": ("这里有换行或不可见的字符，请重新填写", "There are line breaks or invisible signs here; write it again"),
    "mail_nothing": ("这个邮箱既不收也不发，请至少选择一种", "This mailbox neither reads nor sends; choose at least one"),
    "mail_way_wrong": ("请选择收信方式", "Choose how mail is read"),
    "mail_of_whom": ("请选择这个邮箱属于平台还是哪个商家", "Choose whether this mailbox is the platform's or which merchant's"),
    "mailbox_unknown": ("这个邮箱不在列表里，请刷新页面", "This mailbox is not in the list; reload the page"),
    "mail_unknown": ("找不到这封邮件，请从列表里选择", "There is no such mail; choose one from the list"),
    "mail_placed": ("这封邮件已经处理过，请刷新列表", "This mail has been dealt with already; reload the list"),
    "mail_ticket_unknown": ("这个商家没有编号为 {number} 的工单，请核对", "This merchant has no ticket {number}; check its number"),
    "mail_reason_missing": ("请写明搁置的原因", "Write why it is set aside"),
    "mail_not_returned": ("只有未送达的邮件可以重发，请刷新列表", "Only mail that was not delivered can be sent again; reload the list"),
}

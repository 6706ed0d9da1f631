"""The permission matrix, read off the tables: each command of staff is one permission, grouped by case and node (ST-3)."""

from functools import cache

from amends.core.actor import Party
from amends.core.machine import Machine

STAFF = (Party.MERCHANT, Party.PLATFORM)

BESIDES = {
    "read": ("查看", "Read"),
    "refund_override": ("调高退款", "Refund more than computed"),
    "eligibility_override": ("越过售后规则申请", "Apply against the rules"),
    "reveal_personal_data": ("查看完整个人信息", "See personal data in full"),
    "import_orders": ("导入订单", "Import orders"),
    "date_receipt": ("填写收货日期", "Set a day of receipt"),
    "manage_orders": ("处理订单", "Work on orders"),
    "ship_orders": ("发货", "Ship orders"),
    "manage_staff": ("管理员工与角色", "Manage staff and roles"),
    "manage_addresses": ("管理退货地址", "Manage return addresses"),
    "manage_keys": ("管理 API 密钥", "Manage API keys"),
    "manage_settings": ("修改商家设置", "Change merchant settings"),
    "read_audit": ("查看操作日志", "Read the audit log"),
    "resend_effects": ("重发失败的任务", "Resend failed effects"),
    "manage_stock": ("维护库存", "Keep stock counts"),
    "give_goodwill": ("给客户补偿", "Give goodwill"),
    "decide_compensation": ("审批赔付与补偿", "Decide compensation"),
    "manage_connections": ("管理外部连接", "Manage connections"),
    "close_differences": ("对账并关闭差异", "Reconcile and close differences"),
    "speak_for_buyer": ("转达客户的操作", "Pass on what the buyer says"),
    "speak_for_carrier": ("转达承运商的消息", "Pass on what the carrier says"),
    "read_ledger": ("查看账目", "Read the ledger"),
    "book_ledger": ("记录保证金与违约金", "Book deposits and penalties"),
    "manage_strategies": ("维护自动化策略", "Keep automation strategies"),
    "manage_keywords": ("维护关键词告警", "Keep keyword alerts"),
    "manage_packs": ("维护规则包", "Keep policy packs"),
    "manage_suspensions": ("暂停时限", "Suspend clocks"),
    "manage_mail": ("管理邮箱与邮件", "Manage mailboxes and mail"),
    "erase_personal_data": ("清除到期的个人信息", "Erase personal data whose time is over"),
    "export_personal_data": ("导出客户的个人信息副本", "Make a copy of a buyer's personal data"),
    "assign_desk": ("分派平台案件", "Hand out the platform's cases"),
}

PLATFORM_ONLY = frozenset({"resend_effects", "manage_connections", "book_ledger", "manage_packs", "manage_suspensions", "manage_mail", "erase_personal_data", "export_personal_data", "assign_desk"})

NODES = {
    "review": ("审核", "Review"), "receipt": ("收货", "Receipt"), "processing": ("处理", "Processing"), "finance": ("财务", "Finance"),
    "desk": ("工作台", "Desk"), "disputes": ("纠纷", "Disputes"), "judging": ("判责", "Judging"), "judging_second": ("判责复核", "Second judge"), "tickets": ("工单", "Tickets"), "ticket_desk": ("工单管理", "Ticket desk"), "ticket_deciding": ("工单处理", "Deciding tickets"), "ticket_second": ("工单复核", "Second look at tickets"), "platform": ("平台", "Platform"), "buyer": ("客户", "Buyer"), "clock": ("时钟", "Clock"),
}


def commands_of_staff(machine: Machine) -> dict[str, tuple[str, tuple[Party, ...]]]:
    """`verb → (node, parties)` for every command that merchant or platform staff may give somewhere in the table."""
    out: dict[str, tuple[str, tuple[Party, ...]]] = {}
    for name, command in machine.commands.items():
        parties = {p for row in machine.steps.values() if name in row for p in row[name].by if p in STAFF}
        if parties:
            out[name] = (command.node, tuple(sorted(parties)))
    return out


@cache
def permissions_of(party: Party, machines: tuple[Machine, ...]) -> frozenset[str]:
    """The names that staff of this party can hold: commands of its side, and what stands beside them (ST-1, ST-3)."""
    commands = {f"{m.kind}.{v}" for m in machines for v, (_, parties) in commands_of_staff(m).items() if party in parties}
    return frozenset(commands) | (frozenset(BESIDES) - (frozenset() if party == Party.PLATFORM else PLATFORM_ONLY))


def all_permissions(machines: tuple[Machine, ...]) -> frozenset[str]:
    """Every name that can stand in a role, a direct grant or an API key."""
    return frozenset(f"{m.kind}.{v}" for m in machines for v in commands_of_staff(m)) | frozenset(BESIDES)


PRESETS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "review": ("审核员", "Reviewer", ("review", "desk")),
    "receipt": ("收货员", "Receiver", ("receipt",)),
    "processing": ("处理员", "Processor", ("processing", "desk")),
    "finance": ("财务", "Finance", ("finance",)),
    "disputes": ("纠纷专员", "Dispute agent", ("disputes", "desk")),
    "tickets": ("工单专员", "Ticket agent", ("tickets", "desk")),
    "supervisor": ("主管", "Supervisor", ("review", "receipt", "processing", "finance", "disputes", "tickets", "desk")),
    "arbiter": ("判责员", "Arbiter", ("judging", "desk")),
    "second_judge": ("判责复核员", "Second judge", ("judging", "judging_second", "ticket_second", "desk")),
    "ticket_desk": ("工单管理员", "Ticket desk", ("ticket_desk", "ticket_deciding", "ticket_second", "tickets", "desk")),
    "reader": ("只读", "Reader", ()),
}
"""Roles to begin with (ST-2): name in both languages, and the nodes whose commands they hold; each may also read."""


WITH_PRESET: dict[str, tuple[str, ...]] = {
    "review": ("service_order.change_type",),  # who reviews can answer an alert either way (KW-2)
    "finance": ("read_ledger", "close_differences"),
    "supervisor": ("read_ledger", "close_differences"),
    "arbiter": ("dispute.add_evidence",),  # who judges may file for a side (DI-5)
    "second_judge": ("dispute.add_evidence", "assign_desk"),
}
"""What stands beside the tables and comes with a role to begin with."""


def preset(name: str, party: Party, machines: tuple[Machine, ...]) -> frozenset[str]:
    """The permissions of a role to begin with. Raises KeyError for an unknown name."""
    nodes = PRESETS[name][2]
    held = {f"{m.kind}.{v}" for m in machines for v, (node, parties) in commands_of_staff(m).items() if node in nodes and party in parties}
    return frozenset(held) | ({"read", *WITH_PRESET.get(name, ())} & permissions_of(party, machines))


def presets_for(party: Party, machines: tuple[Machine, ...]) -> tuple[str, ...]:
    """Roles to begin with that hold something for this party: an arbiter is nobody among a merchant's people."""
    has = {node for m in machines for node, parties in commands_of_staff(m).values() if party in parties}
    return tuple(name for name, (_, _, nodes) in PRESETS.items() if not nodes or nodes[0] in has)

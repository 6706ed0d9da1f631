"""Every operation of the API in one list: what it is called, what it takes, what it answers and what it needs (IN-1, IN-2)."""

from dataclasses import dataclass

from amends.api import signed_in
from amends.api.buyer_data_operations import operations as of_buyer_data
from amends.api.clock_operations import operations as of_clocks
from amends.api.collections import COLLECTIONS, commands, parties
from amends.api.compensation_operations import operations as of_compensation
from amends.api.dispute_operations import operations as of_disputes
from amends.api.keyword_operations import operations as of_keywords
from amends.api.mailbox_operations import operations as of_mailboxes
from amends.api.order_operations import operations as of_orders
from amends.api.pack_operations import operations as of_packs
from amends.api.strategy_operations import operations as of_strategies
from amends.api.ticket_operations import operations as of_tickets
from amends.core.actor import Party
from amends.core.machine import Machine

FILTERS = (
    "state", "type", "expectation", "order_id", "buyer_id", "number", "assignee", "waits_on", "open", "opened_from", "opened_to", "due_before", "sort",
)
MORE_FILTERS = {"cancellation": ("source", "updated_from", "updated_to"), "dispute": ("scenario", "plan", "parent_id", "updated_from", "updated_to")}
"""Filters that only one kind of case has."""
SORTS = ("opened_at", "due_at", "updated_at")
PAGING = ("limit", "cursor")
ON_CASE = ("Acting-As", "If-Match", "dry_run")
DOSSIER_ABOUT = (
    "整张单据：事件链、对话、证据哈希、规则与来源、款项与账目；另一方的个人信息隐去。内容没有变化时回答同一份。平台密钥加 `reveal=true` 得到完整副本，每次都有记录。 · The whole case with its chain of events; the other side's "
    "personal data is masked. While nothing has changed it is the same file. A platform key gets a whole copy with `reveal=true`, on record each time (DI-10)."
)
MOST_IN_BATCH, MOST_ORDERS = 500, 5000


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `body` and `answer` name schemas; `needs` is the permission the key must hold."""

    id: str
    method: str
    path: str
    zh: str
    en: str
    tag: str
    answer: str
    needs: str = "read"
    body: str = ""
    takes: tuple[str, ...] = ()
    fails: tuple[int, ...] = ()
    foresees: str = ""
    tagged: bool = False
    command: str = ""
    about: str = ""


def of_cases(collection: str, machine: Machine) -> list[Operation]:
    """List, one, its events, every command, and every command for many."""
    noun, name = collection.replace("-", "_"), machine.kind
    label = {"service_order": ("服务单", "service orders"), "cancellation": ("取消订单", "cancellations"), "dispute": ("纠纷单", "disputes"), "ticket": ("工单", "tickets")}.get(name, (name, collection.replace("-", " ")))
    out = [
        Operation(f"list_{noun}", "get", f"/{collection}", f"{label[0]}列表", f"List {label[1]}", collection, "CasePage", takes=("merchant_id", *FILTERS, *MORE_FILTERS.get(name, ()), *PAGING), fails=(422,)),
        Operation(f"get_{name}", "get", f"/{collection}/{{id}}", f"查看{label[0]}", f"One of the {label[1]}", collection, _shape(name),
                  takes=("merchant_id", "Acting-As", "reveal", "If-None-Match"), fails=(304, 404, 422), tagged=True,
                  about="`available_commands` 是调用方此刻可用的操作；被挡住的写明原因。 · `available_commands` are the caller's; a blocked one says why."),
        Operation(f"list_{name}_events", "get", f"/{collection}/{{id}}/events", "事件", "What happened, oldest first", collection, "EventPage",
                  takes=("merchant_id", "Acting-As", "reveal", *PAGING), fails=(404, 422)),
    ]
    out += [
        Operation(f"get_{name}_dossier{'_' + form if form else ''}", "get", f"/{collection}/{{id}}/dossier{'.' + form if form else ''}", f"卷宗{' ' + form.upper() if form else ''}",
                  f"The dossier{' as ' + form.upper() if form else ''}", collection, f"@{form}" if form else "Dossier", takes=("merchant_id", "Acting-As", "reveal", *(("paper",) if form else ())), fails=(404, 409, 422) if form else (404, 422),
                  about=DOSSIER_ABOUT)
        for form in ("", "pdf", "zip")
    ]
    return out + [_command(collection, machine, v) for v in commands(machine)] + [_batch(collection, machine, v) for v in commands(machine)]


def _shape(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))


def needs_of(machine: Machine, verb: str) -> str:
    """The permissions a key needs for a command: the command's own for staff, leave to speak for the buyer or the carrier."""
    words = {Party.MERCHANT: f"{machine.kind}.{verb}", Party.PLATFORM: f"{machine.kind}.{verb}", Party.BUYER: "speak_for_buyer", Party.CARRIER: "speak_for_carrier"}
    return " | ".join(dict.fromkeys(words[p] for p in parties(machine, verb) if p in words))


def _states(machine: Machine, verb: str) -> tuple[str, str]:
    there = [s for s in machine.states.values() if verb in machine.steps[s.name]]
    return "、".join(f"{s.zh} `{s.name}`" for s in there), ", ".join(f"{s.en} `{s.name}`" for s in there)


def _command(collection: str, machine: Machine, verb: str) -> Operation:
    cls = machine.commands[verb]
    zh, en = _states(machine, verb)
    about = f"可用状态：{zh} · {' '.join((cls.__doc__ or '').split())} Possible in: {en}"
    if signed_in.refused(machine.kind, verb):
        about = f"{signed_in.ABOUT} {about}"
    return Operation(
        f"{machine.kind}_{verb}", "post", f"/{collection}/{{id}}/{verb}", cls.zh, cls.en, collection, "Done", needs_of(machine, verb), f"{machine.kind}.{verb}",
        ("merchant_id", *ON_CASE, "Idempotency-Key"), (404, 409, 412, 413, 415, 422), "Foreseen", True, verb, about,
    )


def _batch(collection: str, machine: Machine, verb: str) -> Operation:
    cls = machine.commands[verb]
    return Operation(
        f"{machine.kind}_{verb}_many", "post", f"/{collection}/batch/{verb}", f"批量{cls.zh}", f"{cls.en}, many", collection, "BatchResult", needs_of(machine, verb),
        f"{machine.kind}.{verb}.batch", ("merchant_id", "Acting-As", "dry_run", "Idempotency-Key"), (413, 415, 422), "", False, verb,
        "每单各有结果，一单被拒不影响其他单。 · Each case has its own result; one refusal never spoils the rest (SO-7).",
    )


WHOSE = ("merchant_id",)
POSTED = ("Idempotency-Key",)
OTHERS: tuple[Operation, ...] = (
    Operation("apply", "post", "/service-orders", "提交申请", "Apply", "service-orders", "Applied", "speak_for_buyer", "Application", (*WHOSE, "Acting-As", *POSTED),
              (404, 409, 413, 415, 422), about="订单每行一张服务单，要么全部受理，要么全部不受理。未确认收货的回答 409，`instead` 指向取消订单。 · "
                    "A service order for each line, whole or not at all (SO-1, SO-4). Before receipt: 409, and `instead` names the cancellations (OR-5)."),
    Operation("cancel", "post", "/cancellations", "申请取消", "Ask to cancel", "cancellations", "Cancelled", "speak_for_buyer", "Cancellation", (*WHOSE, "Acting-As", *POSTED),
              (404, 409, 413, 415, 422),
              about="确认收货前的退款。不写 `lines` 是整单；未发货的可以只取消几件。同样的商品已有未结束的取消时，回答那一张（`existing`）。已收货的回答 409，`instead` 指向服务单。 · "
                    "A refund before receipt. Without `lines` it is the whole order; of an order not yet shipped single pieces can be cancelled (CA-7). Goods on an open cancellation answer "
                    "that one (`existing`, CA-8). After receipt: 409, and `instead` names the service orders (OR-5)."),
    Operation("add_photo", "post", "/photos", "上传照片", "Add a photo", "service-orders", "Photo", "", "@photo", (*WHOSE, *POSTED), (413, 422),
              about="请求内容就是图片；在申请或操作的 `photos` 里写它的编号。 · The body is the picture; name its id in `photos` of an application or a command."),
    Operation("list_orders", "get", "/orders", "订单列表", "List orders", "orders", "OrderPage",
              takes=(*WHOSE, "number", "buyer_id", "state", "placed_from", "placed_to", *PAGING), fails=(404, 422)),
    Operation("take_in_orders", "post", "/orders", "接收订单", "Take in orders", "orders", "OrdersTaken", "import_orders", "Orders", (*WHOSE, *POSTED), (404, 413, 415, 422),
              about="一次一单或几千单；同一订单再来一次是更新。坏的一单不影响其他单。 · One or thousands; the same order again updates it. A bad one never stops the others (OR-6)."),
    Operation("get_order", "get", "/orders/{id}", "查看订单", "One order", "orders", "Order", takes=(*WHOSE, "reveal", "If-None-Match"), fails=(304, 404, 422), tagged=True),
    Operation("confirm_receipt", "post", "/orders/{id}/confirm_receipt", "确认收货", "Confirm receipt", "orders", "ReceiptConfirmed", "speak_for_buyer", "",
              (*WHOSE, "Acting-As", *POSTED), (404, 409, 413, 422), tagged=True,
              about="已发货或已送达的订单；确认后可申请售后，不能再取消订单。再确认一次没有变化。 · For an order shipped or delivered; from then on it is service orders, no longer cancelling. "
                    "Again changes nothing (OR-4)."),
    Operation("get_order_options", "get", "/orders/{id}/options", "可申请的售后", "What may be asked for", "orders", "Options", takes=(*WHOSE, "Acting-As"), fails=(404, 422),
              about="每行可以申请什么、到什么时候、为什么不行。 · For each line: which types, until when, and if not, why (SO-2)."),
    Operation("get_buyer_link", "get", "/orders/{id}/buyer-link", "给客户的链接", "A link for the buyer", "orders", "BuyerLink", "speak_for_buyer", takes=WHOSE, fails=(404, 422),
              about="打开就能以该订单客户的身份查看和申请售后，无需账号，7 天内有效。 · Whoever opens it acts as the order's buyer, without an account, for 7 days (UI-4)."),
    Operation("list_parcels", "get", "/parcels", "包裹列表", "List parcels", "parcels", "ParcelPage", takes=(*WHOSE, "case", "order", "waybill", *PAGING), fails=(404, 422),
              about="`case`、`order`、`waybill` 最多给一个。 · At most one of `case`, `order` and `waybill` (LO-1)."),
    Operation("get_parcel", "get", "/parcels/{id}", "查看包裹与轨迹", "One parcel with its trace", "parcels", "ParcelTrace", takes=WHOSE, fails=(404, 422)),
    Operation("post_trace", "post", "/parcels/{id}/events", "上报轨迹", "Post events of a trace", "parcels", "ParcelTrace", "speak_for_carrier", "Trace", (*WHOSE, *POSTED), (404, 409, 413, 415, 422),
              about="未接入的承运商的包裹。同一事件再报一次没有变化，顺序不限；签收、退回会通知相关单据。 · For parcels of carriers without a connection. The same event again changes nothing, and any order will do; "
                    "cases hear of signatures and returns (LO-1)."),
    Operation("list_stock", "get", "/stock", "库存列表", "List stock", "stock", "StockPage", takes=(*WHOSE, "warehouse", "low", *PAGING), fails=(404, 422)),
    Operation("tell_stock", "post", "/stock", "批量修改库存", "Tell counts and changes", "stock", "StockTold", "manage_stock", "StockItems", (*WHOSE, "dry_run", *POSTED), (404, 413, 415, 422),
              about="每行写现有数量或增减数量。旧版本的数量回答 `stale`，不改动；处理过的消息回答 `again`。 · A count or a change for each line. A count of an old version is `stale` and does nothing; "
                    "a message said before is `again` (ST-K4)."),
    Operation("get_stock", "get", "/stock/{sku}", "查看库存", "Stock of a SKU", "stock", "Stock", takes=(*WHOSE, "warehouse"), fails=(404, 422)),
    Operation("count_stock", "put", "/stock/{sku}", "修改现有数量", "Set what is on hand", "stock", "StockCounted", "manage_stock", "Count", (*WHOSE, "warehouse"), (404, 409, 413, 415, 422)),
    Operation("list_stock_moves", "get", "/stock/{sku}/moves", "库存变动", "Movements of a SKU", "stock", "StockMovePage", takes=(*WHOSE, "warehouse", *PAGING), fails=(404, 422)),
    Operation("list_holds", "get", "/holds", "占用中的库存", "What is held", "stock", "HoldPage", takes=(*WHOSE, "of_sku", *PAGING), fails=(404, 422)),
    Operation("declare_connector", "put", "/stock-connector", "声明库存连接器", "Declare the stock connector", "stock", "Connector", "manage_stock", "StockConnector", WHOSE, (404, 413, 415, 422),
              about="外部库存系统声明自己是否支持占库存；没有声明的，换货占库存不生效。 · The system that keeps the stock says whether it knows holds; until it has, exchanges hold nothing (ST-K3)."),
    Operation("list_merchants", "get", "/merchants", "商家列表", "List merchants", "merchants", "MerchantPage", takes=(*WHOSE, *PAGING), fails=(404, 422)),
    Operation("get_merchant", "get", "/merchants/{id}", "查看商家与退货地址", "One merchant with return addresses", "merchants", "Merchant", fails=(404, 422)),
    Operation("list_staff", "get", "/staff", "员工列表", "List staff", "staff", "StaffPage", takes=(*WHOSE, *PAGING), fails=(404, 422)),
    Operation("get_ledger_balances", "get", "/ledger/balances", "账户余额", "Balances of the accounts", "ledger", "Balances", "read_ledger", takes=WHOSE, fails=(404, 422)),
    Operation("list_ledger_entries", "get", "/ledger/entries", "账目流水", "Entries of the ledger", "ledger", "LedgerPage", "read_ledger",
              takes=(*WHOSE, "account", "currency", "entry_kind", "case_id", "order_id", "since", "until", *PAGING), fails=(404, 422),
              about="每笔账有借有贷：同一 `movement_id` 的分录合计为零。只按一个账户列出时有余额。 · Double entry: entries of one `movement_id` sum to zero. "
                    "One account's own statement has the running balance (MO-4)."),
    Operation("list_refund_requests", "get", "/refund-requests", "退款与付款请求", "Refund requests", "ledger", "RefundRequestPage", "read_ledger",
              takes=(*WHOSE, "request_state", "provider", "case_id", "order_id", "since", "until", *PAGING), fails=(404, 422),
              about="每笔支付一笔请求；支付渠道的答复和流水号都在这里。 · One request for each payment; the provider's answer and reference stand here (MO-3)."),
)


def every() -> list[Operation]:
    """All operations, in the order of the document."""
    return [op for collection, machine in COLLECTIONS.items() for op in of_cases(collection, machine)] + list(OTHERS) + list(of_orders(Operation)) + list(of_packs(Operation)) + list(of_compensation(Operation)) + list(of_clocks(Operation)) + list(of_strategies(Operation)) + list(of_keywords(Operation)) + list(of_tickets(Operation)) + list(of_mailboxes(Operation)) + list(of_buyer_data(Operation)) + list(of_disputes(Operation))

"""The demo's tickets: complaints red and fresh, a regulator's, answered ones, one the platform has, one it decided (05-tickets)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from amends.core.actor import ALL, Actor, Party
from amends.core.commands import Command
from amends.core.verbs import ticket as v
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.sim.furniture.cast import Store
from amends.store.connect import Pool, scope

COMPLAINTS: tuple[tuple[str, str, str, str, int | None, int], ...] = (
    ("complaint", "weight", "标称 500 克，家里称只有 430 克，要求退一半", "refund", 6900, 60 * 28), ("complaint", "refund_late", "说好三天退款，一周了还没到", "refund", 12900, 160),
    ("complaint", "late_shipping", "下单五天没发货，问了两次都说在催", "explain", None, 130), ("complaint", "quality", "第一次倒热水就裂了，客服让我自己寄回，运费谁出？", "return_refund", None, 35),
    ("enquiry", "authenticity", "包装上的防伪码扫不出来，是不是正品？", "explain", None, 50), ("enquiry", "technical", "香薰机用一次就不出雾了，需要怎么清洗？", "explain", None, 20),
    ("complaint", "service", "客服答应补发赠品，之后就不回了", "reissue", None, 60 * 30),
    ("enquiry", "production_date", "瓶底的日期看不清，想知道是哪一批的", "explain", None, 60 * 50), ("complaint", "other", "发票抬头开错了", "explain", None, 60 * 44),
)
"""Origin, subject, words, what is asked, minor units, minutes ago."""


def write(pool: Pool, store: Store, chance: Random, now: datetime) -> None:
    """All of them, within the last two days."""
    agent, desk = store.hand("review", chance), Actor(Party.PLATFORM, "demo-desk", "平台客服", None, ALL)
    with scope(pool, UUID(store.id)) as conn:
        orders = conn.execute("select number, buyer_id from orders where merchant_id = %s and receipt_confirmed_at is not null order by placed_at desc, id limit 30", (store.id,)).fetchall()
    made = []
    for (origin, subject, words, asks, amount, ago), (number, buyer) in zip(COMPLAINTS, orders[::3], strict=False):
        made.append(_open(pool, store.id, NewTicket(origin, subject, words, "", asks, amount, number), Actor(Party.BUYER, buyer, "客户"), now - timedelta(minutes=ago)))
    buyer = Actor(Party.BUYER, orders[21][1], "客户")
    _say(pool, store.id, made[7], v.Reply("approve", "是 9 月的批次，保质期到 2029 年 9 月，照片已附。"), agent, now - timedelta(hours=49))
    _say(pool, store.id, made[7], v.ResolveTicket(), buyer, now - timedelta(hours=47))
    _say(pool, store.id, made[8], v.Reply("approve", "已重开发票并发到您的邮箱。"), agent, now - timedelta(hours=43))
    _say(pool, store.id, made[8], v.CloseTicket("客户已收到新发票"), desk, now - timedelta(hours=40))
    number = orders[1][0]
    _open(pool, store.id, NewTicket("regulator", "authenticity", "市场监管部门转来举报：宣传与实物不符，请说明情况并附资质。", "12315 举报转办 2026-11-8842", number=number), desk, now - timedelta(minutes=95))
    for hours in (28, 24, 4):  # what was never answered went its way meanwhile
        ring(pool, store.id, now - timedelta(hours=hours))
    ring(pool, store.id, now)
    _say(pool, store.id, made[4], v.Reply("approve", "您好，防伪码要先刮开涂层再扫。授权书在附件，仍无法识别可以直接退回。"), agent, now - timedelta(minutes=12))
    _say(pool, store.id, made[6], v.DecideTicket("reissue", words="商家逾期未答复，按客户诉求补发赠品，请在三天内执行。"), desk, now - timedelta(hours=1))


def _open(pool: Pool, merchant: str, wish: NewTicket, by: Actor, at: datetime) -> str:
    answer = open_ticket(pool, merchant, wish, by, at, new_id())
    assert not isinstance(answer, list), [r.say("zh") for r in answer]
    return answer.ticket_id


def _say(pool: Pool, merchant: str, ticket: str, command: Command, by: Actor, at: datetime) -> None:
    refusal = handle(pool, [Asked(new_id(), merchant, ticket, command, by)], at)[0].refusal
    assert refusal is None, refusal.say("zh")

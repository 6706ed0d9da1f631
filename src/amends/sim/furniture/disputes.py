"""The demo's disputes in every state: refused returns and orders that were not cancelled, with pictures as evidence, questions, judgements, an appeal (04-disputes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from fpdf import FPDF

from amends.core.actor import ALL, Actor, Party
from amends.core.commands import Command
from amends.core.verbs import dispute as v
from amends.engine import plans, remedies
from amends.engine.cancelling import Cancel, cancel
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute, ways
from amends.engine.evidence_files import take_evidence
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.sim.furniture.cast import Store
from amends.sim.furniture.pictures import photo
from amends.store.connect import Pool, scope
from amends.worker.effects import perform

ARBITER, SECOND = Actor(Party.PLATFORM, "demo-arbiter", "判责员 顾言", None, ALL), Actor(Party.PLATFORM, "demo-second", "复核员 陆清", None, ALL)
SILENT, CLOSES = timedelta(hours=24), timedelta(hours=72)
RULES = ["DI-G2", "DI-Q1"]


@dataclass
class Tale:
    """One dispute to come: what about, from how many hours ago, what is said, and the steps that follow: (hours ago, who, command)."""

    subject: str
    ago: float
    scenario: str
    demand: str
    words: str
    steps: tuple[tuple[float, str, Callable[[Tale], Command | str]], ...] = ()
    pictures: int = 0
    damage: str = "crack"
    most: int = 0
    files: dict[str, list[str]] = field(default_factory=dict)


def _judge(t: Tale, **more: Any) -> v.Adjudicate:
    return v.Adjudicate(**{
        "liability": "merchant", "outcome": "refund", "amount": t.most, "rules": RULES, "words_buyer": "商家没有提供有资质机构的检测结论，支持你的退款诉求。",
        "words_merchant": "没有提供有资质机构的检测结论，现有证据不足以证明人为损坏。", **more,
    })


BROKEN = "收到第二天就坏了，照片里看得很清楚。商家说是人为，可是我只按说明用过一次。"


def ask(t: Tale) -> Command:
    """The no-fault path."""
    return v.AskForJudgement("no_defect", "收到退回的商品后做了功能检测，各项正常，没有客户描述的问题。")


def report(t: Tale) -> Command:
    """The shop's report on paper, with a picture."""
    return v.AddEvidence("inspection_report", "检测记录与称重", t.files["paper"])


def shows(t: Tale) -> Command:
    """Pictures of the goods as they came back."""
    return v.AddEvidence("goods_photo", "退回时的实物照片", t.files["shop"])


TALES: tuple[Tale, ...] = (
    Tale("refused", 23.4, "goods_quality", "refund", BROKEN, pictures=2), Tale("refused", 8, "process_refused", "return_and_refund", "七天内退货被拒，说影响二次销售，可是吊牌都没剪。", pictures=1),
    Tale("refused", 3, "goods_wrong", "reship", "要的是蓝色，发来的是灰色，商家不肯换。", pictures=2), Tale("received", 1, "attitude", "compensation", "问了三次尺寸，客服最后骂人。"),
    Tale("shipped", 5, "cancel_order", "refund", "下单半小时就要求取消，商家还是发了货。"), Tale("unshipped", 20.6, "cancel_order", "refund", "五天没有发货，要求取消一直没人理。"),
    Tale("unshipped", 10, "cancel_order", "refund", "地址填错了，联系不上商家。", ((9, "cancels", lambda t: ""), (8.8, "agent", lambda t: v.SettleByRefund("同意退款。")))),
    Tale("refused", 30, "goods_quality", "refund", BROKEN, ((20, "agent", lambda t: v.OfferSettlement("refund", t.most * 3 // 1000 * 100, "商品留用，退您三成，您看可以吗？")),), 1),
    Tale("shipped", 26, "cancel_order", "refund", "物流三天没动，不想等了。", ((12, "agent", lambda t: v.SettleWithoutCancelling("电话与客户沟通，包裹明天到，客户愿意等。")),)),
    Tale("unshipped", 18, "cancel_order", "refund", "一直不发货，请退款。", ((9, "agent", lambda t: v.SettleByRefund("抱歉让您久等，已直接退款。")),)),
    Tale("refused", 40, "goods_quality", "refund", BROKEN, ((30, "agent", ask), (28, "agent", report), (20, "buyer", lambda t: v.AddEvidence("chat_record", "客服说过会换新", t.files["buyer"]))), 2, "leak"),
    Tale("refused", 50, "goods_quality", "return_and_refund", BROKEN, ((44, "agent", ask), (43, "agent", shows), (6, "arbiter", lambda t: v.AskSide("merchant", "检测由谁做？请补机构章。"))), 2, "stain"),
    Tale("refused", 100, "goods_quality", "refund", BROKEN, ((90, "agent", ask), (80, "agent", report), (28, "closes", lambda t: "")), 2, "dead"),
    Tale("refused", 60, "goods_missing", "reship", "少了一个配件，商家说称重没问题。", ((36, "silent", lambda t: ""),), 1, "short"),
    Tale("refused", 120, "goods_quality", "refund", BROKEN, ((110, "arbiter", lambda t: v.StepIn("同一商品多起投诉")), (10, "arbiter", _judge)), 1),
    Tale("refused", 130, "goods_quality", "refund", "用了两周坏了，应该算质量问题。", (
        (106, "silent", lambda t: ""),
        (40, "arbiter", lambda t: _judge(t, liability="buyer", outcome="nothing", amount=None, words_buyer="照片显示为跌落损坏，不属于质量问题。", words_merchant="判客户责任，维持原处理。")),
        (30, "agent", lambda t: v.CarryOutJudgement())), 1),
    Tale("refused", 150, "goods_quality", "refund", BROKEN, ((126, "silent", lambda t: ""), (60, "arbiter", _judge), (50, "agent", lambda t: v.Appeal("检测报告已由第三方机构出具，请复核。", "inspection_report", t.files["paper"]))), 2),
    Tale("refused", 200, "goods_quality", "refund", BROKEN, ((190, "agent", lambda t: v.OfferSettlement("refund", t.most // 2 // 100 * 100, "退一半，商品留用。")), (170, "buyer", lambda t: v.AcceptSettlement())), 1),
    Tale("refused", 90, "process_refused", "refund", "以为超过七天了，商家不给退。", ((70, "buyer", lambda t: v.WithdrawDispute("商家打电话解释清楚了。")),)),
    Tale("received", 80, "promise", "compensation", "说好送的杯刷没有送。", ((60, "arbiter", lambda t: v.CloseDispute("商品页没有赠品承诺。")),)),
)


def write(pool: Pool, store: Store, chance: Random, now: datetime) -> None:
    """All of them at one merchant, in the order they began; what the house and its clocks do in between is done as a worker would."""
    used: set[str] = set()
    for tale in sorted(TALES, key=lambda t: -t.ago):
        found = _subject(pool, store, tale, now, used)
        if found is not None:
            used.add(found[0])
            _play(pool, store, replace(tale), found, chance, now)
    while perform(pool, store.id, now, 2000):
        pass


_SUBJECTS = {
    "refused": """select c.id::text, c.order_id::text, c.buyer_id, c.sku from cases c where c.merchant_id = %(m)s and c.kind = 'service_order' and c.state = 'rejected'
      and c.closed_at < %(at)s and c.closed_at > %(at)s - interval '13 days' order by c.closed_at desc, c.id""",
    "received": "select o.id::text, o.id::text, o.buyer_id, '' from orders o where o.merchant_id = %(m)s and o.receipt_confirmed_at between %(at)s - interval '10 days' and %(at)s and o.paid_minor > 0"
    " and not exists (select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id) order by o.receipt_confirmed_at, o.id",
    "shipped": "select o.id::text, o.id::text, o.buyer_id, '' from orders o where o.merchant_id = %(m)s and o.shipped_at < %(at)s and o.receipt_confirmed_at is null and o.state = 'shipped'"
    " and not exists (select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id) order by o.shipped_at, o.id",
    "unshipped": "select o.id::text, o.id::text, o.buyer_id, '' from orders o where o.merchant_id = %(m)s and o.paid_at < %(at)s and o.shipped_at is null and o.state in ('preparing', 'awaiting_pickup') and o.paid_minor > 0"
    " and not exists (select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id) order by o.paid_at, o.id",
}


def _subject(pool: Pool, store: Store, tale: Tale, now: datetime, used: set[str]) -> tuple[str, str, str, str] | None:
    """What it is about: id, order, buyer, SKU; None where this shop has nothing that fits."""
    with scope(pool, UUID(store.id)) as conn:
        rows = conn.execute(_SUBJECTS[tale.subject], {"m": UUID(store.id), "at": now - timedelta(hours=tale.ago)}).fetchall()
    return next(((r[0], r[1], r[2], r[3] or "") for r in rows if r[0] not in used), None)


def _play(pool: Pool, store: Store, tale: Tale, found: tuple[str, str, str, str], chance: Random, now: datetime) -> None:
    subject, order, buyer_id, sku = found
    at, buyer = now - timedelta(hours=tale.ago), Actor(Party.BUYER, buyer_id, "客户")
    tale.files = _files(pool, store, tale, sku, buyer_id, at)
    tale.most = next((w.most for w in ways(pool, store.id, order, at) or () if w.id == subject), 0)
    asked = Opening(order, tale.scenario, tale.demand, tale.words, subject if subject != order else "", None if tale.demand == "reship" else max(1, min(tale.most, 5000 if tale.demand == "compensation" else tale.most)), tale.files["opens"])
    opened = open_dispute(pool, store.id, asked, buyer, at, new_id())
    assert isinstance(opened, Opened), [r.say("zh") for r in opened]
    people = {"buyer": buyer, "arbiter": ARBITER, "second": SECOND, "agent": store.hand("supervisor", chance)}
    for ago, who, step in tale.steps:
        then = now - timedelta(hours=ago)
        if who in ("silent", "closes"):
            ring(pool, store.id, at + (SILENT if who == "silent" else CLOSES))
        elif who == "cancels":
            cancel(pool, store.id, Cancel(order, "changed_mind", [], "地址填错了"), buyer, then, new_id())
        else:
            answer = handle(pool, [Asked(new_id(), store.id, opened.case_id, step(tale), people[who])], then)[0]  # type: ignore[arg-type]
            assert answer.refusal is None, (tale.scenario, who, answer.refusal.say("zh"))
        _carry(pool, store.id, then)


def _carry(pool: Pool, merchant: str, at: datetime) -> None:
    """Plans and remedies are carried out, as a worker's own lane does."""
    with scope(pool, UUID(merchant)) as conn:
        rows = conn.execute(
            "select id::text, case_id::text, effect, body from outbox where merchant_id = %s and effect in ('carry_plan', 'apply_remedy') and done_at is null and due_at <= %s order by due_at, id", (UUID(merchant), at),
        ).fetchall()
    for id_, case, effect, body in rows:
        (plans.carry_out if effect == "carry_plan" else remedies.apply)(pool, merchant, case, id_, body, at)
        with scope(pool, UUID(merchant)) as conn:
            conn.execute("update outbox set done_at = %s where merchant_id = %s and id = %s and done_at is null", (at, UUID(merchant), UUID(id_)))


def _files(pool: Pool, store: Store, tale: Tale, sku: str, buyer_id: str, at: datetime) -> dict[str, list[str]]:
    """Pictures of the goods by both sides, and a report on paper, kept and not yet filed."""
    product = next((p for p in store.products if any(x.sku == sku for x in p.variants)), store.products[0])
    colour = next((x.colour for x in product.variants if x.sku == sku), product.variants[0].colour)
    shots = {"opens": [(tale.damage, n) for n in range(tale.pictures)], "buyer": [(tale.damage, 7)], "shop": [("", 1), ("", 2)]}
    out = {name: [_kept(take_evidence(pool, store.id, photo(product.shape, colour, damage, n), buyer_id if name != "shop" else store.main.id, at)) for damage, n in some] for name, some in shots.items()}
    return out | {"paper": [_kept(take_evidence(pool, store.id, _report(sku), store.main.id, at)), *out["shop"][:1]]}


def _kept(made: Any) -> str:
    assert isinstance(made, str), made
    return made


def _report(sku: str) -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=16)
    paper.cell(text=f"Inspection record  SKU {sku}")
    paper.ln(14)
    paper.set_font("helvetica", size=12)
    for line in ("Appearance: one dent at the lower rim, 4 mm", "Function: 30 minutes upside down, no leak found", "Weight: 0.43 kg", "Inspector: after-sales warehouse"):
        paper.cell(text=line)
        paper.ln(9)
    return bytes(paper.output())

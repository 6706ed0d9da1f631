"""The stories of tests/stories, told on the real engine and a real database; their grammar stands in tests/stories/README.md."""

import re
import shlex
from dataclasses import fields
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

import pytest

from amends.core.actor import ALL, PROVIDER_ACTOR, Actor, Party
from amends.core.cases import MACHINES, TABLES
from amends.core.commands import build
from amends.core.ledger import ACCOUNTS
from amends.core.movements import deposit_paid_in
from amends.core.order_fields import STATES as ORDER_STATES
from amends.core.verbs.ticket import ASKS
from amends.engine import automate, fast_review, pack_releases, pack_start, packs, posting, suspensions
from amends.engine.application import Application, Item
from amends.engine.audit import By
from amends.engine.cancellation import Cancel, Pieces
from amends.engine.cancelling import cancel
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.engine.dispute import Opening
from amends.engine.disputes import open_dispute
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import confirm_receipt
from amends.engine.orders_desk import Shipment, ship
from amends.engine.retiming import retime
from amends.engine.ringing import ring
from amends.engine.suspensions import Draft
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.sim.fold import Folded
from amends.store import automation, outbox
from amends.store import packs as pack_rows
from amends.store.connect import PLATFORM, scope
from amends.web.case.story import why as told_why
from amends.web.catalogue import say
from amends.worker import tickets
from amends.worker.effects import perform
from amends.worker.outside import OUTSIDE
from tests.engine.dispute_desk import SECOND, THIRD
from tests.shop import CARRIER, LIN, open_shop
from tests.story_files import stories

STATES = {(machine.kind, s.zh): name for machine in MACHINES for name, s in machine.states.items()}
ORDERS = {zh: name for name, (zh, _) in ORDER_STATES.items()}
SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LINE = re.compile(r"^\s*(?:\+(\d+)([mhd])\s+)?(\S+)\s*(.*?)\s*(?:(→|✗)\s*(.*))?$")
PURSES = {account.zh: code for code, account in ACCOUNTS.items()}
HOUSE = ["tell_cancellation", "carry_plan", "apply_remedy", "undo_remedy"]
WITH_PHOTOS = {"quality_fault", "wrong_goods", "missing_parts", "fault_in_use"}


@pytest.mark.parametrize("lines", list(stories()))
def test_story(pool, lines):
    told = Told(pool)
    try:
        for line in lines:
            told.line(line)
        told.explained()
        told.folded()
    finally:
        told.clear()


class Told:
    """One story while it is told."""

    def __init__(self, pool):
        self.shop = open_shop(pool)
        self.order, self.case, self.cases, self.ids, self.mode, self.suspension = None, None, {}, {}, "SOP", ""
        shop = self.shop
        self.people = {"小林": LIN, "路人": Actor(Party.BUYER, "buyer-nobody", "路人"), "阿海": shop.hai, "知夏": shop.xia, "新人": shop.new, "平台": shop.arbiter, "复核": SECOND, "三审": THIRD, "承运商": CARRIER, "支付渠道": PROVIDER_ACTOR}

    def line(self, line):
        number, unit, who, what, arrow, then = LINE.match(line).groups()
        if number:
            self.shop.now += int(number) * SPANS[unit]
        if who in SETUP:
            SETUP[who](self, what + (f"{arrow}{then}" if arrow else ""))
        elif who == "时钟":
            self.version = self.shop.row(self.case, "version")[0]
            ring(self.shop.pool, self.shop.merchant, self.shop.now)
            self.came(self.case, None, then, line)
        elif who == "消息":
            self.version = self.shop.row(self.case, "version")[0]
            self.news(ticks_off="中断" not in what)
            self.came(self.case, None, then, line)
        elif who == "办理":
            self.version = self.shop.row(self.case, "version")[0]
            self.carry_out()
            self.came(self.case, None, then, line)
        elif who == "工人":
            assert perform(self.shop.pool, self.shop.merchant, self.shop.now) == int(then), line
        elif who == "系统":
            self.version = self.shop.row(self.case, "version")[0]
            automate.work(self.shop.pool, self.shop.merchant, self.shop.now)
            self.came(self.case, None, then, line)
        else:
            assert arrow, f"what should happen? {line}"
            refusal, case = self.act(self.people[who], what)
            if arrow == "✗":
                code, *named = then.split()
                assert refusal is not None, f"was not refused: {line}"
                assert refusal.code == code, f"{line}: {refusal.code} {refusal.say('zh')}"
                assert all(n in refusal.say("zh") for n in named), refusal.say("zh")
            else:
                self.came(case, refusal, then, line)

    def act(self, actor, what):
        words, marks = [], {}
        for word in shlex.split(what):
            (marks.update({word[0]: word[1:]}) if re.fullmatch(r"v\d+|#.+|=.+", word) else words.append(word))
        case, _, verb = words[0].rpartition(":")
        case = self.cases[case] if case else self.case
        self.version = self.shop.row(case, "version")[0] if case else 0
        if verb == "dispute":
            return self.dispute(actor, case if ":" in words[0] else "", words[1:], marks)
        if verb in ("apply", "cancel", "ticket"):
            return {"apply": self.apply, "cancel": self.cancel, "ticket": self.ticket}[verb](actor, words[1:], marks)
        command = TABLES[self.shop.row(case, "kind")[0]].commands[verb]
        names, body = [f.name for f in fields(command)], {}
        for place, word in enumerate(words[1:]):
            name, is_named, value = word.partition("=")
            body[name if is_named else names[place]] = value if is_named else word
        if "rules" in names and "rules" not in body:
            body |= {"rules": ["DI-G3"], "words_buyer": "按现有材料", "words_merchant": "按现有材料"}
        if "photos" in body:
            body["photos"] = [self.photo() for _ in range(int(body["photos"]))]
        if body.get("request") == "退款请求":
            waiting = self.shop.all("select id::text from refund_requests where case_id = %s order by state = 'requested' desc limit 1", case)
            body["request"] = waiting[0][0] if waiting else new_id()
        if body.get("charge") == "催收":
            body["charge"] = next(iter(self.shop.all("select id::text from charges where case_id = %s order by asked_at desc limit 1", case)), (new_id(),))[0]
        given, wrong = build(command, body)
        assert not wrong, [r.say("zh") for r in wrong]
        command_id = self.ids.setdefault(marks["#"], new_id()) if "#" in marks else new_id()
        asked = Asked(command_id, self.shop.merchant, case, given, actor, int(marks["v"]) if "v" in marks else None)
        answer = handle(self.shop.pool, [asked], self.shop.now)[0]
        self.replayed = answer.replayed
        return answer.refusal, case

    def apply(self, actor, words, marks):
        self.replayed = False
        self.order = self.order or self.shop.order(("CUP", 1, 19900), fulfilment_mode=self.mode)
        quantity = next((int(w[1:]) for w in words if w.startswith("×")), 1)
        line = next((int(w[1:]) for w in words if w.startswith("行")), 1)
        item = Item(self.shop.lines[self.order][line - 1], quantity, words[0], words[1], "有问题", [self.photo()] if words[1] in WITH_PHOTOS and "无照片" not in words else [])
        applied = apply_for(self.shop.pool, self.shop.merchant, Application(self.order, [item], "keep" if "仅退款" in words else "ship_back"), actor, self.shop.now, new_id())
        if isinstance(applied, list):
            return applied[0], None
        self.case, self.version = applied.cases[0].case_id, 0
        self.cases[marks.get("=", "")] = self.case
        return None, self.case

    def dispute(self, actor, case, words, marks):
        """About the order, or the case it is said of."""
        command_id = self.ids.setdefault(marks["#"], new_id()) if "#" in marks else new_id()
        scenario, demand = (*words, "refund")[:2]
        self.order = self.order or self.shop.order(("CUP", 1, 19900), fulfilment_mode=self.mode)
        answer = open_dispute(self.shop.pool, self.shop.merchant, Opening(self.order, scenario, demand, "有纠纷", case or ""), actor, self.shop.now, command_id)
        if isinstance(answer, list):
            return answer[0], None
        self.case, self.version, self.replayed = answer.case_id, 0, answer.replayed or answer.existing
        self.cases[marks.get("=", "")] = self.case
        return None, self.case

    def deposit(self, what):
        """The merchant's deposit, as it was paid in."""
        with scope(self.shop.pool, UUID(self.shop.merchant)) as conn:
            posting.post(conn, self.shop.merchant, [posting.row(deposit_paid_in(round(float(what.strip(" ¥")) * 100), "CNY"), "deposit")], self.shop.now)

    def cancel(self, actor, words, marks):
        self.replayed = False
        if self.order is None:
            self.buy("CUP×1 ¥199.00  正在配货")
        pieces = [(int(line), int(n)) for n, line in re.findall(r"×(\d+) 行(\d+)", " ".join(words))]
        lines = [Pieces(self.shop.lines[self.order][line - 1], n) for line, n in pieces]
        asked = Cancel(self.order, words[0], lines, deletion="删单" in words)
        command_id = self.ids.setdefault(marks["#"], new_id()) if "#" in marks else new_id()
        answer = cancel(self.shop.pool, self.shop.merchant, asked, actor, self.shop.now, command_id)
        if isinstance(answer, list):
            return answer[0], None
        self.case, self.version, self.replayed = answer.case_id, 0, answer.replayed or answer.existing
        self.cases[marks.get("=", "")] = self.case
        return None, self.case

    def ticket(self, actor, words, marks):
        """A ticket: origin, subject, what is asked; 无订单 where it is about no order; 发出 -30m is when a mail was sent."""
        self.replayed = False
        if self.order is None and "无订单" not in words:
            self.order = self.shop.order(("CUP", 1, 19900))
        number = self.shop.all("select number from orders where id = %s", self.order)[0][0] if "无订单" not in words else ""
        sent = next((self.shop.now - int(w[3:-1]) * SPANS[w[-1]] for w in words if w.startswith("发出-")), None)
        wish = NewTicket(words[0], words[1], "请说明", asks=next((w for w in words[2:] if w in ASKS), "explain"), number=number, mail_from="service@market.example" if words[0] == "email" else "", sent_at=sent)
        command_id = self.ids.setdefault(marks["#"], new_id()) if "#" in marks else new_id()
        answer = open_ticket(self.shop.pool, self.shop.merchant, wish, actor, self.shop.now, command_id)
        if isinstance(answer, list):
            return answer[0], None
        self.case, self.version, self.replayed = answer.ticket_id, 0, answer.replayed
        self.cases[marks.get("=", "")] = self.case
        return None, self.case

    def carry_out(self):
        """The house opens the service order that a decision on a ticket asked for."""
        shop = self.shop
        for effect in outbox.lease(shop.pool, shop.merchant, ["open_service_order"], shop.now, 50):
            for _ in range(2):  # a worker that died over it is followed by another
                tickets.carry_out(shop.pool, shop.merchant, effect, shop.now)
            outbox.leased_done(shop.pool, shop.merchant, effect, shop.now)

    def news(self, ticks_off=True):
        """The house tells cancellations what became of their orders; without ticking off, a worker died and leaves it to the next one."""
        shop = self.shop
        for effect in outbox.lease(shop.pool, shop.merchant, HOUSE, shop.now, 50):
            OUTSIDE[effect.effect](SimpleNamespace(pool=shop.pool), shop.merchant, effect, shop.now)
            if ticks_off:
                outbox.leased_done(shop.pool, shop.merchant, effect, shop.now)

    def photo(self):
        photo = new_id()
        self.shop.all("insert into files (merchant_id, id, sha256, media_type, size, bytes, at) values (%s, %s, %s, 'image/png', 1, 'x', now()) returning 1", self.shop.merchant, photo, b"0" * 32)
        return photo

    def came(self, case, refusal, then, line):
        assert refusal is None, f"{line}: {refusal.code} {refusal.say('zh')}"
        kind, state = self.shop.row(case, "kind, state")
        assert state == STATES[kind, then.split()[0]], line
        for part in re.findall("[⏱!↻][^⏱!↻]*", then):
            mark, words = part[0], part[1:].split()
            if mark == "⏱":
                [(name, due)] = self.shop.all("select name, due_at from clocks where case_id = %s", case)
                number, unit = int(words[1][:-1]), words[1][-1]
                assert name == words[0], line
                assert timedelta(0) <= due - self.shop.now - (number - (unit == "d")) * SPANS[unit] <= 2 * timedelta(days=unit == "d"), f"{line}: due {due - self.shop.now}"
            elif mark == "!":
                put = self.shop.all("select effect from outbox where case_id = %s and (body ->> 'version')::int > %s", case, self.version)
                assert sorted(e for (e,) in put) == sorted(words), line
            else:
                assert self.replayed, line

    def buy(self, what):
        freight = re.search(r"运费 ¥([\d.]+)", what)
        lines = [(sku, int(n), round(float(paid) * 100)) for sku, n, paid in re.findall(r"(\w+)×(\d+) ¥([\d.]+)", what)]
        state = next((name for zh, name in ORDERS.items() if zh in what.split()), "received")
        at = {"shipped_at": self.shop.now, "delivered_at": self.shop.now if state == "delivered" else None}
        more = {} if state == "received" else {"state": state, "received": False, "platform_delivery": "京配" in what, **(at if state in ("shipped", "delivered") else {"delivered_at": None})}
        if promised := re.search(r"承诺 ([+-]\d+)h", what):
            more["promised_ship_by"] = self.shop.now + int(promised[1]) * SPANS["h"]
        level = re.search(r"等级 (\d)", what)
        more |= {"buyer_level": int(level[1])} if level else {}
        self.order = self.shop.order(*lines, freight=round(float(freight[1]) * 100) if freight else 0, fulfilment_mode=self.mode, **more)
        if tagged := re.search(r"标签 (\S+)", what):
            self.shop.all("update order_lines set tags = %s where order_id = %s returning 1", tagged[1].split(","), self.order)
        for waybill in re.findall(r"运单 (\S+)", what):
            self.shop.all("insert into parcels (merchant_id, id, order_id, direction, carrier, waybill) values (%s, %s, %s, 'out', '顺丰', %s) returning 1", self.shop.merchant, new_id(), self.order, waybill)

    def ship(self, what):
        """The desk sends the order; a dash before the waybill: it must be refused."""
        porter = Actor(Party.MERCHANT, new_id(), "发货员", self.shop.merchant, ALL)
        refused, waybill = what.strip().startswith("✗"), what.strip(" ✗")
        [done] = ship(self.shop.pool, By(porter), self.shop.merchant, [Shipment(self.order, "顺丰", waybill)], self.shop.now)
        assert (done.refusal is not None) == refused, what

    def deliver(self, what):
        self.shop.all("update orders set state = 'delivered', delivered_at = %s where id = %s returning 1", self.shop.now, self.order)
        self.shop.all("update parcels set signed_at = %s where order_id = %s returning 1", self.shop.now, self.order)

    def receive(self, what):
        refusal = confirm_receipt(self.shop.pool, self.shop.merchant, self.order, "buyer-lin", self.shop.now)
        assert (refusal.code if refusal else "") == what.strip(" ✗"), what

    def stock(self, what):
        for sku, pieces in re.findall(r"(\w+) (\d+)", what):
            assert self.shop.all("update stock set on_hand = %s where merchant_id = %s and sku = %s returning 1", int(pieces), self.shop.merchant, sku), what

    def switch(self, what):
        name, _, off = what.strip().partition(" ")
        with scope(self.shop.pool, PLATFORM) as conn:
            conn.execute("update merchants set settings = settings || jsonb_build_object(%s::text, %s::boolean) where id = %s", (name, off != "关", self.shop.merchant))
            automation.refresh(conn, self.shop.merchant)

    def suspend(self, what):
        """The platform suspends kinds of clock from now on; armed clocks follow at once."""
        length, *kinds = what.split()
        until = self.shop.now + int(length[:-1]) * SPANS[length[-1]]
        self.suspension = suspensions.make(self.shop.pool, By(self.shop.arbiter), Draft("暂停", "Paused", self.shop.now, until, kinds), self.shop.now)
        assert isinstance(self.suspension, str), self.suspension
        self.follow()

    def end(self, _):
        assert suspensions.end_early(self.shop.pool, By(self.shop.arbiter), self.suspension, self.shop.now) == []
        self.follow()

    def take_back(self, _):
        assert suspensions.withdraw(self.shop.pool, By(self.shop.arbiter), self.suspension, self.shop.now) == []
        self.follow()

    def explained(self):
        """Whatever happened by itself says by which version of which rule, in both languages; and only a clock says that it ran out (SO-25)."""
        for kind, facts, name, why in self.shop.all(
            "select c.kind, c.facts, e.name, e.explanation from events e join cases c on c.merchant_id = e.merchant_id and c.id = e.case_id where e.merchant_id = %s"
            " and (e.actor_kind = 'system' or e.name = 'proposal_accepted')", self.shop.merchant,
        ):
            assert why, name
            assert why.get("pack"), f"{name}: {why}"
            assert why.get("version"), f"{name}: {why}"
            assert name == "ran_out" or why.get("by"), f"{name}: {why}"
            for lang in ("zh", "en"):
                assert told_why(why, pack_of(pack_opened_under(facts)), partial(say, lang), lang, str, kind), f"{name}: {why}"

    def folded(self):
        """Every case is the fold of its events (OP-8)."""
        names = ("id", "number", "state", "version", "type", "reason", "quantity", "assignee", "granted", "moved", "facts", "sku", "kind")
        columns = "id::text, number, state, version, coalesce(type, ''), coalesce(reason, ''), coalesce(quantity, 1), assignee::text, granted_minor, moved_minor, facts, coalesce(sku, ''), kind"
        for row in self.shop.all(f"select {columns} from cases where merchant_id = %s and kind <> 'ticket'", self.shop.merchant):
            case = dict(zip(names, row, strict=True))
            folded = Folded(case["id"], case["number"], case["sku"])
            for version, body in self.shop.all("select version, body from events where case_id = %s order by version", case["id"]):
                folded.take(version, body)
            assert list(folded.differs(case)) == []

    def clear(self):
        """Other stories stand on the same platform: nothing stays suspended."""
        if self.suspension:
            self.shop.all("update suspensions set withdrawn_at = %s returning 1", self.shop.now)

    def follow(self):
        while not retime(self.shop.pool, self.shop.merchant, self.shop.now).done:
            pass

    def fast(self, what):
        assert (fast_review.leave if what.strip() == "退出" else fast_review.join)(self.shop.pool, By(self.shop.hai), self.shop.now) is None

    def pack(self, what):
        """The merchant goes by another pack from now on; its orders by another fulfilment mode, if one is named."""
        name, _, self.mode = what.strip().partition(" ")
        self.mode = self.mode or "SOP"
        self.shop.all("update merchants set pack = %s where id = %s returning 1", name, self.shop.merchant)

    def talk_first(self, _):
        """The merchant goes by a copy of its pack that demands a proposal before an application is refused."""
        pool, by, now = self.shop.pool, By(self.shop.arbiter), self.shop.now
        pack_start.sync(pool, now)
        ref = packs.copy(pool, by, "jd", 1, "先协商", "Talk first", new_id(), now)
        section = {"at_most": 3, "required_before_reject": True, "source": "own"}
        with scope(pool, PLATFORM) as conn:
            was = pack_rows.one(conn, *ref)["document"].get("negotiation")
        assert isinstance(packs.save_part(pool, by, ref, "negotiation", section, packs.print_of(was), now), int)
        assert pack_releases.release(pool, by, ref, pack_releases.Meant(0, [self.shop.merchant]), "", "", now) is None

    def look(self, what):
        """What is stored now."""
        for found in re.split(r"\s{2,}", what.strip()):
            about, _, rest = found.rpartition(":")
            name, *words = rest.split()
            case = self.cases[about] if about else self.case
            if name == "库存":
                assert self.shop.all("select on_hand - held from stock where merchant_id = %s and sku = %s", self.shop.merchant, words[0]) == [(int(words[1]),)], found
            elif name in ("退款", "到账"):
                minor = self.shop.row(case, "granted_minor" if name == "退款" else "moved_minor")[0]
                assert f"¥{minor // 100}.{minor % 100:02d}" == words[0], found
            elif name in ("垫付", "客户应补"):
                account = {"垫付": "lightning_advance", "客户应补": "buyer_charge"}[name]
                [(left,)] = self.shop.all("select coalesce(-sum(amount_minor), 0)::int from ledger_entries where merchant_id = %s and account = %s", self.shop.merchant, account)
                assert f"¥{left // 100}.{left % 100:02d}" == words[0], found
            elif name in PURSES:
                [(left,)] = self.shop.all("select coalesce(sum(balance_minor), 0)::int from ledger_balances where merchant_id = %s and account = %s", self.shop.merchant, PURSES[name])
                assert f"¥{left / 100:.2f}" == words[0], f"{found}: ¥{left / 100:.2f}"
            elif name == "订单":
                assert self.shop.all("select state from orders where id = %s", self.order) == [(ORDERS[words[0]],)], found
            elif name == "取消":
                assert self.shop.all("select sum(cancelled_quantity)::int from order_lines where order_id = %s", self.order) == [(int(words[0]),)], found
            elif name in ("请求", "拦截"):
                count = {"请求": "select count(*) from refund_requests where case_id = %s", "拦截": "select count(*) from outbox where case_id = %s and effect = 'intercept_parcel'"}[name]
                assert self.shop.all(count, case) == [(int(words[0]),)], found
            elif name == "评分":
                assert self.shop.all("select score from ratings where case_id = %s", case) == [(int(words[0]),)], found
            elif name == "提醒":
                assert [e for (e,) in self.shop.all("select event from notices where case_id = %s and event in ('rate_asked', 'rate_reminder') order by at, event", case)] == words, found
            elif name in ("经办", "依据", "规定", "出处", "依据由"):
                column = {"经办": "actor_kind", "依据由": "explanation ->> 'by'", "依据": "explanation ->> 'clock'", "规定": "explanation ->> 'rule'", "出处": "explanation ->> 'source'"}[name]
                assert self.shop.all(f"select {column} from events where case_id = %s order by version desc limit 1", case) == [(words[0],)], found
            else:
                column = {"类型": "type", "期望": "expectation", "包裹": "parcel_state", "件数": "quantity::text", "责任": "fault", "原因": "reason", "来源": "source", "结束": "facts ->> 'ended'", "介入": "facts -> 'platform_in' ->> 'rule'", "审核方": "waits_on", "寄回": "facts ->> 'return_way'", "方案": "facts ->> 'plan_state'", "失败": "facts -> 'plan_failure' ->> 'code'", "原单": "coalesce(facts -> 'applied' ->> 'done', '')", "和解": "facts ->> 'settled_by'", "状态": "state", "备件库": "facts -> 'return_store' ->> 'zh'", "等谁": "waits_on", "轮次": "facts ->> 'turns'", "计入": "facts ->> 'against_merchant'", "依": "facts -> 'decision' ->> 'finding'", "关联": "facts ->> 'bound_kind'"}[name]
                assert self.shop.row(case, column) == (words[0],), found


SETUP = {"保证金": Told.deposit, "暂停": Told.suspend, "结束暂停": Told.end, "撤回暂停": Told.take_back, "极速审核": Told.fast, "规则": Told.pack, "先协商": Told.talk_first, "订单": Told.buy, "库存": Told.stock, "设置": Told.switch, "查": Told.look, "发货": Told.ship, "送达": Told.deliver, "收货": Told.receive}

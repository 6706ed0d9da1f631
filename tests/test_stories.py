"""The stories of tests/stories, told on the real engine and a real database; their grammar stands in tests/stories/README.md."""

import re
import shlex
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from amends.core.actor import Actor, Party
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.commands import build
from amends.engine.application import Application, Item
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.ringing import ring
from amends.worker.effects import perform
from tests.shop import CARRIER, LIN, open_shop

FILES = sorted((Path(__file__).parent / "stories").glob("*.txt"))
STATES = {s.zh: name for name, s in SERVICE_ORDER.states.items()}
SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LINE = re.compile(r"^\s*(?:\+(\d+)([mhd])\s+)?(\S+)\s*(.*?)\s*(?:(→|✗)\s*(.*))?$")
WITH_PHOTOS = {"quality_fault", "wrong_goods", "missing_parts", "fault_in_use"}


def stories():
    for file in FILES:
        for block in re.split(r"\n\s*\n", file.read_text("utf-8").strip()):
            title, *lines = block.splitlines()
            assert title.startswith("故事: "), f"{file.name}: {title}"
            yield pytest.param(lines, id=f"{file.stem}-{title.removeprefix('故事: ')}")


@pytest.mark.parametrize("lines", list(stories()))
def test_story(pool, lines):
    told = Told(pool)
    for line in lines:
        told.line(line)


class Told:
    """One story while it is told."""

    def __init__(self, pool):
        self.shop = open_shop(pool)
        self.order, self.case, self.cases, self.ids = None, None, {}, {}
        shop = self.shop
        self.people = {"小林": LIN, "路人": Actor(Party.BUYER, "buyer-nobody", "路人"), "阿海": shop.hai, "知夏": shop.xia, "新人": shop.new, "平台": shop.arbiter, "承运商": CARRIER}

    def line(self, line):
        number, unit, who, what, arrow, then = LINE.match(line).groups()
        if number:
            self.shop.now += int(number) * SPANS[unit]
        if who in SETUP:
            SETUP[who](self, what)
        elif who == "时钟":
            self.version = self.shop.row(self.case, "version")[0]
            ring(self.shop.pool, self.shop.merchant, self.shop.now)
            self.came(self.case, None, then, line)
        elif who == "工人":
            assert perform(self.shop.pool, self.shop.merchant, self.shop.now) == int(then), line
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
        if verb == "apply":
            return self.apply(actor, words[1:], marks)
        command = SERVICE_ORDER.commands[verb]
        names, body = [f.name for f in fields(command)], {}
        for place, word in enumerate(words[1:]):
            name, is_named, value = word.partition("=")
            body[name if is_named else names[place]] = value if is_named else word
        if body.get("request") == "退款请求":
            waiting = self.shop.all("select id::text from refund_requests where case_id = %s order by state = 'requested' desc limit 1", case)
            body["request"] = waiting[0][0] if waiting else new_id()
        given, wrong = build(command, body)
        assert not wrong, [r.say("zh") for r in wrong]
        command_id = self.ids.setdefault(marks["#"], new_id()) if "#" in marks else new_id()
        asked = Asked(command_id, self.shop.merchant, case, given, actor, int(marks["v"]) if "v" in marks else None)
        answer = handle(self.shop.pool, [asked], self.shop.now)[0]
        self.replayed = answer.replayed
        return answer.refusal, case

    def apply(self, actor, words, marks):
        self.replayed = False
        self.order = self.order or self.shop.order(("CUP", 1, 19900))
        quantity = next((int(w[1:]) for w in words if w.startswith("×")), 1)
        line = next((int(w[1:]) for w in words if w.startswith("行")), 1)
        item = Item(self.shop.lines[self.order][line - 1], quantity, words[0], words[1], "有问题", [self.photo()] if words[1] in WITH_PHOTOS else [])
        applied = apply_for(self.shop.pool, self.shop.merchant, Application(self.order, [item]), actor, self.shop.now, new_id())
        if isinstance(applied, list):
            return applied[0], None
        self.case, self.version = applied.cases[0].case_id, 0
        self.cases[marks.get("=", "")] = self.case
        return None, self.case

    def photo(self):
        photo = new_id()
        self.shop.all("insert into files (merchant_id, id, sha256, media_type, size, bytes, at) values (%s, %s, %s, 'image/png', 1, 'x', now()) returning 1", self.shop.merchant, photo, b"0" * 32)
        return photo

    def came(self, case, refusal, then, line):
        assert refusal is None, f"{line}: {refusal.code} {refusal.say('zh')}"
        assert self.shop.row(case, "state")[0] == STATES[then.split()[0]], line
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
        self.order = self.shop.order(*lines, freight=round(float(freight[1]) * 100) if freight else 0)

    def stock(self, what):
        for sku, pieces in re.findall(r"(\w+) (\d+)", what):
            assert self.shop.all("update stock set on_hand = %s where merchant_id = %s and sku = %s returning 1", int(pieces), self.shop.merchant, sku), what

    def switch(self, what):
        self.shop.all("update merchants set settings = settings || jsonb_build_object(%s::text, true) where id = %s returning 1", what.strip(), self.shop.merchant)

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
            elif name == "评分":
                assert self.shop.all("select score from ratings where case_id = %s", case) == [(int(words[0]),)], found
            elif name == "提醒":
                assert [e for (e,) in self.shop.all("select event from notices where case_id = %s and event in ('rate_asked', 'rate_reminder') order by at, event", case)] == words, found
            elif name in ("经办", "依据"):
                column = "actor_kind" if name == "经办" else "explanation ->> 'clock'"
                assert self.shop.all(f"select {column} from events where case_id = %s order by version desc limit 1", case) == [(words[0],)], found
            else:
                column = {"类型": "type", "期望": "expectation", "包裹": "parcel_state", "件数": "quantity::text", "责任": "fault", "原因": "reason"}[name]
                assert self.shop.row(case, column) == (words[0],), found


SETUP = {"订单": Told.buy, "库存": Told.stock, "设置": Told.switch, "查": Told.look}

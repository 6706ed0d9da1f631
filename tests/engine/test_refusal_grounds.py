"""Applications are refused on grounds of the pack's own tree, with the photos a ground asks for; each ground of what is not handled is among them (SO-27, PO-6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.core.policy import load_pack
from amends.core.strategy import Context, Table
from amends.core.strategy_check import check
from amends.core.strategy_json import decode_rows
from amends.core.verbs.review import Abandon, Reject
from amends.engine import strategies
from amends.engine.audit import By
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.store import files
from amends.store.connect import PLATFORM, scope
from amends.store.screens.buyer import Event
from amends.web.buyer.story import _done
from amends.web.buyer.visit import words_of
from amends.web.wording import pack_reason
from tests.engine.strategy_shop import REVIEW, SO, row
from tests.shop import Shop, open_shop

PACKS = ("jd", "pdd", "kuaishou", "tmall")


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def cup(shop: Shop) -> str:
    return shop.apply(shop.order(("CUP", 1, 9900)))


def photo(shop: Shop, who: str | None = None) -> str:
    made = new_id()
    with scope(shop.pool, PLATFORM) as conn:
        files.add(conn, shop.merchant, made, b"0" * 32, "image/png", b"x", who or shop.hai.id, shop.now)
    return made


def grounds(pack: str) -> dict[str, bool]:
    loaded = load_pack(pack).pack
    assert loaded is not None
    return {leaf.code: leaf.photos_required for group in loaded.review_reasons["reject"] for leaf in group.leaves}


def test_a_ground_that_the_pack_does_not_have_is_refused_with_those_it_has(shop):
    case = cup(shop)
    answer = shop.say(case, Reject("banana", "不行"))
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.field) == ("not_a_choice", "reason")
    assert "used" in answer.refusal.facts["choices"]
    assert shop.say(case, Reject("other", "杯底有茶渍")).refusal is None


@pytest.mark.parametrize("pack", PACKS)
def test_grounds_of_a_pack_ask_for_the_photos_they_say(shop, pack):
    shop.all("update merchants set pack = %s where id = %s returning 1", pack, shop.merchant)
    found = {code: answer.refusal for code in grounds(pack) for answer in [shop.say(cup_of(shop), Reject(code, "说明"), dry_run=True)]}
    assert {code for code, refusal in found.items() if refusal} == {code for code, needs in grounds(pack).items() if needs}
    assert {refusal.code for refusal in found.values() if refusal} == {"ground_needs_photos"}


def cup_of(shop: Shop) -> str:
    found = shop.all("select id::text from cases where merchant_id = %s and state = 'reviewing'", shop.merchant)
    return found[0][0] if found else cup(shop)


def test_a_photo_of_ones_own_or_one_of_the_case_will_do_and_another_cases_will_not(shop):
    theirs = photo(shop, "buyer-lin")
    case, other, third = shop.apply(shop.order(("CUP", 1, 9900)), photos=[theirs]), cup(shop), cup(shop)
    refused = shop.say(case, Reject("used", "杯底有茶渍"))
    assert refused.refusal is not None
    assert (refused.refusal.field, refused.version) == ("photos", 1)
    assert "商品已使用" in refused.refusal.say("zh")
    assert "were used" in refused.refusal.say("en")
    assert shop.say(other, Reject("used", "杯底有茶渍", [theirs])).refusal.code == "photo_unknown"
    assert shop.say(case, Reject("used", "杯底有茶渍", [theirs])).refusal is None
    mine = photo(shop)
    assert shop.say(other, Reject("used", "杯底有茶渍", [mine])).refusal is None
    assert shop.all("select body, file_ids::text[] from messages where case_id = %s", other) == [("杯底有茶渍", [mine])]
    assert shop.say(third, Reject("used", "杯底有茶渍", [mine])).refusal.code == "photo_unknown"


def test_many_at_once_cannot_give_one_photo_to_several_cases(shop):
    cases, mine = [cup(shop), cup(shop)], photo(shop)

    def both(*photos: str) -> list[str | None]:
        answers = handle(shop.pool, [Asked(new_id(), shop.merchant, case, Reject("used", "已使用", list(photos)), shop.hai) for case in cases], shop.now)
        return sorted((a.refusal.code if a.refusal else None for a in answers), key=str)

    assert both() == ["ground_needs_photos", "ground_needs_photos"]
    assert both(mine) == [None, "photo_unknown"]


@pytest.mark.parametrize("pack", PACKS)
def test_a_buyer_who_gave_up_where_nothing_shows_it_is_told_of_in_words(shop, pack):
    shop.all("update merchants set pack = %s where id = %s returning 1", pack, shop.merchant)
    case = cup(shop)
    refused = shop.say(case, Abandon("phone"))
    assert (refused.refusal.code, refused.refusal.field) == ("ground_needs_words", "words")
    assert "在电话中表示" in refused.refusal.say("zh")
    assert shop.say(case, Abandon("chat"), dry_run=True).refusal is None
    assert shop.say(case, Abandon("phone", "周一来电说不退了")).refusal is None


@pytest.mark.parametrize(("action", "fields", "wrong"), [
    ("reject", {"reason": "banana", "words": "不行"}, ("strategy_ground_unknown", "rows[0].action.fields.reason")),
    ("reject", {"reason": "not_fit", "words": "不行"}, ("strategy_ground_photos", "rows[0].action.fields.reason")),
    ("reject", {"reason": "other", "words": "不行"}, None),
    ("return_original", {"reason": "坏了", "carrier": "顺丰", "waybill": "SF1"}, ("strategy_ground_unknown", "rows[0].action.fields.reason")),
    ("return_original", {"reason": "no_fault", "carrier": "顺丰", "waybill": "SF1"}, ("strategy_ground_photos", "rows[0].action.fields.reason")),
    ("return_original", {"reason": "buyer_keeps", "carrier": "顺丰", "waybill": "SF1"}, ("strategy_ground_words", "rows[0].action.fields.words")),
    ("call_platform", {"cause": "short_or_wrong", "reason": "请看看"}, ("strategy_ground_photos", "rows[0].action.fields.cause")),
    ("call_platform", {"reason": "请看看"}, None),
    ("refund_without_return", {"amount": 600, "adjust_reason": "goodwill"}, ("strategy_limit_below", "rows[0].action.fields.amount")),
    ("refund_without_return", {"amount": 500, "adjust_reason": "goodwill"}, None),
    ("abandon", {"said_how": "phone"}, ("strategy_ground_words", "rows[0].action.fields.words")),
    ("abandon", {"said_how": "phone", "words": "电话里说不退了"}, None),
    ("abandon", {"said_how": "chat"}, None),
], ids=["unknown", "photos", "words-alone", "original-unknown", "original-photos", "original-words", "call-photos", "call-words", "above-its-limit", "at-its-limit", "said-on-the-phone", "said-with-words", "said-in-chat"])
def test_a_strategy_that_would_be_refused_every_time_is_not_taken(shop, action, fields, wrong):
    given = row("拒绝", action, fields=fields, limits={"amount": 500} if "amount" in fields else {})
    node = "processing" if action == "return_original" else REVIEW
    made = Table(node, SO, 0, decode_rows([given])[0])
    found = strategies.problems(shop.pool, shop.merchant, made)
    assert [(r.code, r.field) for r in found] == ([wrong] if wrong else [])
    draft = strategies.save_draft(shop.pool, By(shop.hai), SO, node, [given], 0, shop.now)
    assert not isinstance(draft, list)
    done = strategies.publish(shop.pool, By(shop.hai), SO, node, "", shop.now)
    assert isinstance(done, list) is bool(wrong)


def test_proposals_are_not_taken_where_the_pack_offers_none():
    (made,) = decode_rows([row("协商", "propose", fields={"offer": "withdraw", "words": "请撤回"})])[0]
    table = Table(REVIEW, SO, 0, (made,))
    assert [r.code for r in check(table, Context(proposals=0))] == ["strategy_no_proposals"]
    assert check(table, Context(proposals=2)) == check(table, Context()) == []
    at_processing = check(Table("processing", SO, 0, (made,)), Context(proposals=2))
    assert [(r.code, r.field) for r in at_processing] == [("offer_not_here", "rows[0].action.fields.offer")], "the goods are here by then"


@pytest.mark.parametrize("pack", PACKS)
def test_everything_that_is_not_handled_can_be_said(pack):
    loaded = load_pack(pack).pack
    assert loaded is not None
    assert {n.finding for n in loaded.not_handled} <= grounds(pack).keys()
    assert "other" in grounds(pack)


@pytest.mark.parametrize(("reason", "told"), [("no_fault", ["检测无故障", "已检测"]), ("检测正常，原样寄回", ["检测正常，原样寄回", "已检测"])], ids=["a ground of the pack", "free words from before"])
def test_why_goods_went_back_is_told_in_words_also_where_it_was_written_freely(reason, told):
    pack = load_pack("jd").pack
    event = Event(1, "original_returned", "merchant", datetime(2026, 3, 2, tzinfo=UTC), {"input": {"reason": reason, "carrier": "顺丰", "waybill": "SF1", "words": "已检测"}})
    step = _done(event, lambda key, **_: key, lambda kind, code: words_of(pack, kind, code, "zh"))
    assert step.notes == ["顺丰 SF1", *told]
    assert pack_reason(pack, "return_original", reason, "zh") == told[0]

"""Eligibility, line by line of PO-1…PO-7, on the carried pack and on packs made from it."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.core.calendar import Calendar, days, due
from amends.core.eligibility import Goods, options, receipt, verdict, window_end
from amends.core.pack import TYPES, Pack
from amends.core.policy import load_pack, parse_pack, whole
from amends.core.verdicts import FREIGHT_WORDS, SENTENCES, WOULD_TAKE, FreightBy, told, without_stock

SHANGHAI = Calendar("Asia/Shanghai")
ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
SIGNED = datetime(2026, 3, 1, 15, 30, tzinfo=ZONE)
DAY_7_ENDS = datetime(2026, 3, 9, tzinfo=ZONE)
DAY_15_ENDS = datetime(2026, 3, 17, tzinfo=ZONE)
NEXT_DAY = SIGNED + timedelta(days=1)


def the_pack() -> Pack:
    pack = load_pack("jd").pack
    assert pack
    return pack


PACK = the_pack()


def changed(edit) -> Pack:
    raw = whole("jd")
    edit(raw)
    loaded = parse_pack(raw)
    assert loaded.pack, loaded.problems
    return loaded.pack


def goods(**more) -> Goods:
    return Goods(**{"received": 1, "receipt_confirmed_at": SIGNED, "platform_signed_at": SIGNED, **more})


def ask(reason="no_reason", type_="return", now=NEXT_DAY, pack=PACK, calendar=SHANGHAI, **more):
    return verdict(pack, goods(**more), type_, reason, now, calendar)


# PO-1, OR-5, SO-3


def test_before_receipt_is_confirmed_a_request_is_a_cancellation():
    for confirmed in (None, NEXT_DAY + SECOND):
        no = ask(receipt_confirmed_at=confirmed)
        assert (no.allowed, no.code, no.rule, no.until) == (False, "not_received", "OR-5", None)
        assert "cancellation" in no.would_take
        assert "取消订单" in no.say("zh")
        assert "cancel the order" in no.say("en")
    assert ask(receipt_confirmed_at=NEXT_DAY).allowed


@pytest.mark.parametrize(("received", "held", "code"), [(0, 0, "nothing_received"), (2, 2, "nothing_left"), (2, 3, "nothing_left"), (2, 1, "open_no_reason")])
def test_only_pieces_that_came_and_are_not_asked_for_yet_are_open(received, held, code):
    assert ask(received=received, held=held).code == code


def test_a_reason_must_be_a_leaf_of_the_type_and_go_with_the_goods():
    assert ask("nonsense").code == "reason_unknown"
    assert ask("missing_parts").code == "reason_unknown"
    assert ask("missing_parts", "reissue").allowed
    group = ask("quality")
    assert group.code == "reason_is_group"
    assert "商品质量问题" in group.say("zh")
    assert ask("weight_short").code == "reason_not_for_goods"
    assert ask("weight_short", category="gold_jewellery").allowed


# OR-4a


def test_the_stamp_that_counts_is_the_first_there_is_and_the_verdict_names_it():
    at = {"platform_signed_at": SIGNED, "trace_delivered_at": SIGNED - timedelta(days=1), "staff_dated_at": SIGNED - timedelta(days=2)}
    names = ["platform_signature", "carrier_trace", "staff_date", "receipt_confirmed"]
    g = Goods(1, receipt_confirmed_at=SIGNED + timedelta(hours=1), **at)
    for name, field in zip(names, [*at, "receipt_confirmed_at"], strict=True):
        v = verdict(PACK, g, "return", "no_reason", NEXT_DAY, SHANGHAI)
        assert (v.counted_from, v.counted_at) == (name, getattr(g, field))
        g = replace(g, **{field: None})
    assert verdict(PACK, g, "return", "no_reason", NEXT_DAY, SHANGHAI).code == "not_received"


def test_a_stamp_that_lies_ahead_does_not_count():
    g = goods(platform_signed_at=NEXT_DAY + SECOND, trace_delivered_at=SIGNED - timedelta(days=1))
    assert receipt(g, NEXT_DAY) == ("carrier_trace", SIGNED - timedelta(days=1))
    assert receipt(g, NEXT_DAY + SECOND) == ("platform_signature", NEXT_DAY + SECOND)
    assert receipt(Goods(1), NEXT_DAY) is None


# PO-2: the window, to the second


@pytest.mark.parametrize("hour", [0, 8, 15, 23])
@pytest.mark.parametrize(("type_", "reason", "end"), [("return", "no_reason", DAY_7_ENDS), ("return", "quality_fault", DAY_7_ENDS), ("exchange", "quality_fault", DAY_15_ENDS), ("reissue", "missing_goods", DAY_15_ENDS)])
def test_a_window_ends_at_24_00_of_its_last_day_whatever_the_hour_of_receipt(type_, reason, end, hour):
    at = SIGNED.replace(hour=hour)
    for now, open_ in ((at, True), (end - SECOND, True), (end - timedelta(microseconds=1), True), (end, False), (end + SECOND, False)):
        v = ask(reason, type_, now=now, platform_signed_at=at, receipt_confirmed_at=at)
        assert (v.allowed, v.until) == (open_, end)
    assert v.code == ("over_no_reason" if reason == "no_reason" else "over_fault")


def test_the_wall_clock_is_the_merchants():
    utc = ask(calendar=Calendar("UTC"))
    assert utc.until == datetime(2026, 3, 9, tzinfo=UTC)
    # 15:30 in Shanghai on 1 March is still 28 February in Honolulu.
    assert ask(calendar=Calendar("Pacific/Honolulu"), platform_signed_at=SIGNED.replace(hour=15)).until == datetime(2026, 3, 8, tzinfo=ZoneInfo("Pacific/Honolulu"))


def test_a_clock_change_inside_the_window_does_not_move_its_end_off_midnight():
    paris = ZoneInfo("Europe/Paris")
    assert window_end(datetime(2026, 3, 27, 12, tzinfo=paris), 7, Calendar("Europe/Paris")) == datetime(2026, 4, 4, tzinfo=paris)


UNFIT = [
    *[("seal_broken", c, "PO-2") for c in ("food", "cosmetics", "medical", "family_planning")],
    *[(f, c, "PO-2") for f in ("repaired_or_altered", "marks_changed", "activated", "use_traces") for c in ("electronics", "phones", "cameras", "laptops")],
    *[(f, c, "PO-2") for f in ("label_removed", "soiled_or_damaged") for c in ("clothing", "shoes", "bags", "toys", "home_textiles")],
    *[("opened_and_started", c, "PO-2") for c in ("phones", "cameras", "laptops")],
    *[(f, c, "PO-2") for f in ("accessories_missing", "powered_or_used", "washed_or_worn") for c in ("*", "clothing", "books")],
]


@pytest.mark.parametrize(("finding", "category", "rule"), UNFIT)
def test_goods_unfit_for_resale_close_no_reason_and_leave_a_fault_open(finding, category, rule):
    no = ask(category=category, fitness=frozenset({finding}))
    assert (no.allowed, no.code, no.rule) == (False, "unfit", rule)
    assert "fault_reason" in no.would_take
    assert no.about[0] in no.say("zh")
    assert no.about[1] in no.say("en")
    assert ask("quality_fault", category=category, fitness=frozenset({finding})).allowed


def test_a_finding_of_another_category_does_not_count():
    for finding, category in (("label_removed", "phones"), ("seal_broken", "clothing"), ("opened_and_started", "electronics"), ("unheard_of", "phones")):
        assert ask(category=category, fitness=frozenset({finding})).allowed


# PO-3


@pytest.mark.parametrize("tag", [x.tag for x in PACK.excluded])
def test_goods_not_returnable_without_fault_open_with_one(tag):
    no = ask(tags=frozenset({tag, "summer"}))
    assert (no.allowed, no.code, no.rule, no.would_take) == (False, "excluded", "PO-3", ("fault_reason",))
    assert no.until == DAY_7_ENDS
    for type_, reason in (("return", "quality_fault"), ("return", "damaged_in_transit"), ("exchange", "wrong_goods"), ("repair", "fault_in_use"), ("reissue", "missing_goods")):
        assert ask(reason, type_, tags=frozenset({tag})).allowed


def test_every_kind_of_goods_of_the_rule_is_in_the_pack():
    assert {x.tag for x in PACK.excluded} == {
        "custom_made", "perishable", "digital", "periodical", "jewellery", "food", "personal_care", "intimate", "cosmetic", "virtual", "luxury",
        "agreed_not_returnable", "not_whole",
    }


def test_a_pack_may_open_excluded_goods_without_a_fault():
    pack = changed(lambda raw: next(x for x in raw["excluded"] if x["tag"] == "perishable")["opens_with"].append("no_reason"))
    assert ask(pack=pack, tags=frozenset({"perishable"})).allowed
    assert not ask(pack=pack, tags=frozenset({"luxury"})).allowed


# PO-4


@pytest.mark.parametrize("reason", ["quality_fault", "product_defect", "wrong_goods", "missing_goods", "not_as_described", "damaged_in_transit"])
def test_what_is_not_the_buyers_fault_goes_back_or_is_exchanged_at_the_merchants_cost(reason):
    for type_, number in (("return", 7), ("exchange", 15)):
        v = ask(reason, type_)
        assert (v.allowed, v.code, v.rule, v.days) == (True, "open_fault", "PO-4", number)
        assert v.freight == FreightBy("merchant", "merchant")


def test_an_exchange_without_a_reason_is_open_for_seven_days_like_a_return():
    for reason in ("no_reason", "other_size"):
        yes = ask(reason, "exchange")
        assert (yes.allowed, yes.rule, yes.source, yes.until) == (True, "PO-2", "S1", DAY_7_ENDS)
        assert yes.freight == FreightBy("buyer", "buyer")
        assert ask(reason, "exchange", now=DAY_7_ENDS).code == "over_no_reason"
    assert ask("no_reason", "exchange", tags=frozenset({"custom_made"})).code == "excluded"


def test_a_pack_without_it_says_so():
    def leave_out(raw):
        raw["windows"] = [w for w in raw["windows"] if (w["kind"], w["type"]) != ("no_reason", "exchange")]

    no = ask("no_reason", "exchange", pack=changed(leave_out))
    assert (no.allowed, no.code, no.would_take) == (False, "not_without_fault", ("fault_reason",))


# PO-5


def test_repair_runs_for_the_guarantee_of_the_category():
    for category, number in (("*", 365), ("phones", 365), ("clothing", 90), ("something_else", 365)):
        v = ask("quality_fault", "repair", category=category)
        assert (v.allowed, v.code, v.rule, v.days) == (True, "open_guarantee", "PO-5", number)
        assert v.until == due(SIGNED, days(number), SHANGHAI)
        assert ask("quality_fault", "repair", category=category, now=v.until - SECOND).allowed
        assert not ask("quality_fault", "repair", category=category, now=v.until).allowed


def local(category, region, back, exchange, repair):
    row = {"category": category, "region": region, "return_days": back, "exchange_days": exchange, "repair_days": repair, "source": "own"}
    return changed(lambda raw: raw["guarantees"].append(row))


def test_where_national_and_local_rule_differ_the_stricter_for_the_merchant_wins():
    strict = local("phones", "310000", 10, 30, 730)
    lax = local("phones", "310000", 1, 1, 1)
    for type_, normal, more in (("return", 7, 10), ("exchange", 15, 30), ("repair", 365, 730)):
        here = ask("quality_fault", type_, pack=strict, category="phones", region="310000")
        assert (here.days, here.rule) == (more, "PO-5")
        assert ask("quality_fault", type_, pack=strict, category="phones", region="110000").days == normal
        assert ask("quality_fault", type_, pack=strict, category="phones").days == normal
        assert ask("quality_fault", type_, pack=strict, category="shoes", region="310000").days == (90 if type_ == "repair" else normal)
        assert ask("quality_fault", type_, pack=lax, category="phones", region="310000").days == normal
    assert ask(pack=strict, category="phones", region="310000").days == 7


def test_a_local_rule_for_every_category_holds_beside_the_national_one_of_the_category():
    assert ask("quality_fault", "repair", pack=local("*", "310000", 0, 0, 500), category="clothing", region="310000").days == 500


@pytest.mark.parametrize(("short", "allowed"), [(None, True), (0, False), (9, False), (10, False), (11, True)])
def test_a_weight_within_the_tolerance_is_no_fault(short, allowed):
    v = ask("weight_short", category="gold_jewellery", tags=frozenset({"jewellery"}), weight_short_mg=short)
    assert v.allowed is allowed
    assert v.code == ("open_fault" if allowed else "within_tolerance")
    assert ask("quality_fault", category="gold_jewellery", weight_short_mg=short).allowed


def test_the_tolerance_is_the_packs():
    pack = changed(lambda raw: raw.update(gold_tolerance_mg=20))
    assert [ask("weight_short", pack=pack, category="gold_jewellery", weight_short_mg=n).allowed for n in (20, 21)] == [False, True]


def test_a_size_adjustment_is_a_repair_the_merchant_must_offer_even_for_excluded_goods():
    v = ask("size_adjustment", "repair", category="gold_jewellery", tags=frozenset({"jewellery", "luxury"}), fitness=frozenset({"washed_or_worn"}))
    assert (v.allowed, v.code, v.days) == (True, "open_service", 365)
    assert v.freight == FreightBy("buyer", "buyer")
    assert "改圈口" in v.say("zh")


# PO-6


@pytest.mark.parametrize("row", PACK.not_handled, ids=lambda r: r.finding)
def test_what_is_not_handled(row):
    found = frozenset({row.finding})
    plain, faulty = ask(not_handled=found), ask("quality_fault", not_handled=found)
    assert not plain.allowed
    assert (plain.rule, plain.manual, plain.source) == ("PO-6", row.manual, "S3")
    assert faulty.allowed is row.unless_fault
    assert plain.code == ("person_decides" if row.manual else "not_handled_unless_fault" if row.unless_fault else "not_handled")
    assert ("fault_reason" in plain.would_take) is (row.unless_fault and not row.manual)
    assert ("person" in plain.would_take) is row.manual


def test_what_is_refused_outright_is_told_before_what_a_person_must_judge():
    assert ask(not_handled=frozenset({"misuse", "out_of_warranty"})).code == "not_handled"
    assert ask(not_handled=frozenset({"misuse"}), tags=frozenset({"luxury"})).code == "excluded"
    assert ask(not_handled=frozenset({"misuse"})).standing() == "person"


def test_of_two_things_to_judge_the_packs_first_is_told():
    first, second = [x for x in PACK.not_handled if x.manual]
    assert ask(not_handled=frozenset({second.finding, first.finding})).about == (first.zh, first.en)


def test_staff_may_act_against_a_rule_with_permission_and_reason_but_not_against_the_order():
    no = ask(now=DAY_7_ENDS)
    assert [no.standing(), no.standing(True), no.standing(True, "  "), no.standing(False, "老客户"), no.standing(True, "老客户")] == [*["refused"] * 4, "overridden"]
    assert ask().standing(True, "老客户") == "open"
    for v in (ask(receipt_confirmed_at=None), ask("nonsense"), ask(held=1)):
        assert v.standing(True, "老客户") == "refused"


# PO-7


def test_freight_follows_who_is_at_fault():
    assert ask().freight == FreightBy("buyer", "buyer")
    assert ask("wrong_goods").freight == FreightBy("merchant", "merchant")
    assert ask("damaged_in_transit").freight == FreightBy("merchant", "merchant")
    assert ask("missing_goods", "reissue").freight == FreightBy(None, "merchant")
    assert ask(now=DAY_7_ENDS).freight is None


def test_freight_insurance_pays_the_way_back_first_when_the_order_has_it():
    v = ask(freight_insured=True)
    assert v.freight == FreightBy("buyer", "buyer", True)
    assert "运费险" in v.say("zh")
    assert ask("lost_in_transit", "reissue", freight_insured=True).freight == FreightBy(None, "merchant")
    no = changed(lambda raw: raw["freight"].update(insurance_first=False))
    assert ask(pack=no, freight_insured=True).freight == FreightBy("buyer", "buyer")


def test_the_pack_says_who_pays_the_way_out():
    pack = changed(lambda raw: raw["freight"].update(out_on_no_reason="merchant"))
    assert ask(pack=pack).freight == FreightBy("buyer", "merchant")


# SO-2


def test_options_tell_the_best_of_every_type():
    best = options(PACK, goods(), NEXT_DAY, SHANGHAI)
    assert list(best) == list(TYPES)
    assert [(v.allowed, v.days) for v in best.values()] == [(True, 7), (True, 15), (True, 365), (True, 15)]
    assert best["return"].reason == "no_reason"
    assert options(PACK, goods(tags=frozenset({"luxury"})), NEXT_DAY, SHANGHAI)["return"].code == "open_fault"
    later = options(PACK, goods(), DAY_7_ENDS, SHANGHAI)
    assert [v.allowed for v in later.values()] == [False, True, True, True]
    assert {v.code for v in options(PACK, goods(receipt_confirmed_at=None), NEXT_DAY, SHANGHAI).values()} == {"not_received"}


def test_a_type_whose_reasons_go_with_other_goods_is_not_offered():
    def gold_only(raw):
        for group in raw["reasons"]["repair"]:
            group["categories"] = ["gold_jewellery"]
    v = options(changed(gold_only), goods(category="food"), NEXT_DAY, SHANGHAI)["repair"]
    assert (v.allowed, v.code) == (False, "not_offered")


def test_a_gift_goes_back_together_with_its_goods():
    assert ask(gift=True).code == "open_gift"
    assert "赠品" in ask(gift=True).say("zh")
    assert ask("quality_fault", gift=True).code == "open_fault"


# Sentences


def every_verdict():
    found = [ask(), ask(gift=True), ask(receipt_confirmed_at=None), ask(received=0), ask(held=1), ask("nonsense"), ask("quality"), ask("weight_short")]
    found += [ask(now=DAY_7_ENDS), ask("quality_fault", now=DAY_7_ENDS), ask("quality_fault"), ask("quality_fault", "repair"), ask(tags=frozenset({"luxury"}))]
    found += [ask(fitness=frozenset({"washed_or_worn"})), *(ask(not_handled=frozenset({x.finding})) for x in PACK.not_handled)]
    found += [ask("size_adjustment", "repair", category="gold_jewellery"), ask("weight_short", category="gold_jewellery", weight_short_mg=1)]
    found += [without_stock(ask("quality_fault", "exchange"))]
    return found


def test_every_sentence_is_whole_in_both_languages_and_none_is_left_over():
    seen = set()
    for v in every_verdict():
        seen.add(v.code)
        for language in ("zh", "en"):
            said = v.say(language)
            assert said
            assert not set(said) & set("{}")
            assert "None" not in said
            assert v.allowed == (not v.say_would_take(language))
        assert json.loads(json.dumps(dict(v.facts)))["rule"] == v.rule
    assert seen | {"not_without_fault", "not_offered"} == set(SENTENCES)


def test_both_languages_tell_the_same_facts():
    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    optional = {"type", "a_type", "days"}
    for zh, en in (*SENTENCES.values(), *FREIGHT_WORDS.values()):
        assert names(zh) - optional == names(en) - optional
    assert all(zh and en for zh, en in WOULD_TAKE.values())


def test_english_says_an_exchange():
    assert "an exchange within 15 days" in ask("wrong_goods", "exchange").say("en")
    for v in every_verdict():
        assert "a exchange" not in replace(v, type="exchange").say("en")


def test_an_end_at_midnight_is_told_as_24_00_of_the_last_day():
    assert told(DAY_7_ENDS, "Asia/Shanghai", "zh-CN") == "2026年3月8日 24:00"
    assert told(DAY_7_ENDS, "Asia/Shanghai", "en") == "24:00 on 8 March 2026"
    assert told(datetime(2026, 1, 1, tzinfo=ZONE), "Asia/Shanghai", "zh") == "2025年12月31日 24:00"
    assert told(SIGNED, "Asia/Shanghai", "en") == "15:30 on 1 March 2026"
    v = ask()
    assert "2026年3月8日 24:00" in v.say("zh")
    assert "7天无理由退货" in v.say("zh")
    assert "寄回运费由客户承担" in v.say("zh")

"""The sets that come with the product: what they find, what only looks like it, what is denied and what is taken back, in Chinese and English (KW-1, KW-3)."""

from collections import Counter

import pytest

from amends.core.keywords import starter
from amends.engine.keyword_scan import of_starter

SCANNER = of_starter(starter())


def codes(text):
    return {hit.set for hit in SCANNER.scan(text)}


def said(value: object) -> str:
    """A case's name; a set has no order of its own, and two workers would call it differently."""
    return " ".join(sorted(value)) or "nothing" if isinstance(value, set) else str(value)


@pytest.mark.parametrize(("text", "finds"), [
    ("杯子漏水，我要退货", {"return"}), ("開封就不給退，氣死人", {"return"}), ("钱什么时候退回来", {"return"}), ("不想要了，取消订单吧", {"return"}),
    ("尺码小了，能换大一号吗", {"exchange"}), ("想換個顏色", {"exchange"}), ("给我调换一件新的", {"exchange"}), ("我要换货，不想退货", {"exchange"}),
    ("屏幕不亮，申请维修", {"repair"}), ("保修期内，去哪里修", {"repair"}), ("少了一个螺丝，麻烦补发", {"reissue"}), ("漏了一件，给我补寄过来", {"reissue"}),
    ("再不处理我就打１２３１５投诉", {"activist"}), ("充电器爆炸了，手被烫伤", {"safety"}), ("孩子吃了拉肚子", {"illness"}), ("你等着，我上门闹", {"threat"}),
    ("I want my money back", {"return"}), ("Could I get a bigger size instead?", {"exchange"}), ("please get it fixed under warranty", {"repair"}),
    ("one piece is gone, please resend", {"reissue"}), ("it caught fire", {"safety"}), ("we all got food poisoning", {"illness"}), ("I will file a complaint", {"activist"}),
], ids=said)
def test_a_wish_is_found(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize("text", [
    "换季打折真划算", "退货率低的店", "以旧换新补贴", "支持七天无理由退货吗", "想换个手机号", "更换地址可以吗", "补发发票", "修身款很好看", "修改收货地址", "保修卡在哪", "返修机也敢卖", "工商银行卡号",
    "防漏电开关很好", "差到爆炸", "以后打死都不买", "过敏性鼻炎用得上", "换货速度很快", "退款很快", "the return policy is clear", "good exchange rate", "fixed price",
], ids=said)
def test_what_only_looks_like_a_wish_is_not(text):
    assert codes(text) == set()


@pytest.mark.parametrize("text", [
    "懒得退货，将就用", "不想换了", "不打算退货", "不用维修，能用", "本来想退的", "没来得及退货", "退货就算了", "退货太麻烦", "I don't want to return it", "no need to repair",
], ids=said)
def test_what_is_denied_is_not_a_wish(text):
    assert codes(text) == set()


@pytest.mark.parametrize(("text", "finds"), [
    ("昨天申请退款了，那我不退了，继续发货吧", set()), ("我申请了换货，现在好了，取消换货", set()), ("不退了，给我换一个", {"exchange"}), ("那我不退了，算了，还是退货吧", {"return"}),
], ids=["withdrawn", "withdrawn exchange", "another wish", "the last word counts"])
def test_a_wish_that_is_taken_back_is_none(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize("text", [
    "第一次换货还是坏的", "最后退货浪费两次运费", "客服说不满意就退货", "让我退货再重拍", "寄到厂家维修，两周了", "要不是急着用，一定退货", "不然肯定退货", "真想退货，算了，凑合用",
    "想换一个，太麻烦，只好自己修", "本来要退货，嫌麻烦没退", "发票可以换成公司抬头吗", "降价了，能退差价吗", "当初换货也这样",
], ids=said)
def test_what_is_told_is_no_wish(text):
    assert codes(text) == set()


@pytest.mark.parametrize(("text", "finds"), [
    ("第一次换货还是坏的，这次我要退货", {"return"}), ("客服说可以换，请帮我换一个", {"exchange"}), ("上次维修没弄好，申请再维修", {"repair"}), ("之前换过一次又坏了，能不能退款", {"return"}),
    ("让我等了两周，要求退货", {"return"}), ("最后一次说，给我退款", {"return"}), ("第一次网购就坏，怎么退货", {"return"}), ("还不办理退货", {"return"}), ("换货后还是不合适，想退货", {"return"}), ("后来申请退款被拒", {"return"}),
    ("由于质量问题退货", {"return"}), ("客服态度恶劣退货", {"return"}), ("和图片不符换货", {"exchange"}), ("质量不太好想换一个", {"exchange"}), ("申请退货居然不同意", {"return"}), ("保修期内维修", {"repair"}),
], ids=said)
def test_a_wish_beside_a_story_is_still_found(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize(("text", "finds"), [
    ("后来着火了", {"safety"}), ("结果吃了拉肚子", {"illness"}), ("之前漏电过一次", {"safety"}), ("上次充电时爆炸的时候", {"safety"}), ("第一次用就过敏", {"illness"}), ("凑合用着，结果起火", {"safety"}),
], ids=said)
def test_what_happened_warns_also_when_it_is_told(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize(("text", "finds"), [
    ("东西坏了，我要退换货", {"return", "exchange"}), ("买了不能退换，郁闷", {"return", "exchange"}), ("退换货率低", set()),
    ("用了三天屏就碎了，居然不保修", {"repair"}), ("容易弯，还不保修", set()), ("修了三次，现在还没有修理好", {"repair"}), ("还在保修卡上写了", set()),
    ("衣服收到了，穿了两天就起球，和图片也不像，我的退货已经送到自提点了", {"return"}), ("这个订单取消了怎么还没审核通过", {"return"}), ("货退回去了，钱一直没到账", {"return"}),
    ("收货地址能换一个吗", set()), ("不小心申请退款了，还要货", set()), ("你帮我把退款取消吧", set()), ("把换货改成退货", {"return"}), ("我没有取消订单", set()), ("我没有申请退款啊", set()), ("我是想换货的，怎么弄成退货了", {"exchange"}),
], ids=said)
def test_what_is_asked_and_not_had_is_wished_for_and_tuihuan_asks_for_either(text, finds):
    assert codes(text) == finds


def test_a_longer_word_holds_against_a_phrase_inside_it():
    assert codes("我要申请七天无理由退货") == {"return"}


def test_every_set_speaks_both_languages_and_only_words_for_both_stand_in_two():
    words = Counter(word for one in starter().sets for word in one.words)
    assert {word for word, times in words.items() if times > 1} == {word for one in starter().sets if one.code == "exchange" for word in one.words if "退换" in word}
    for one in starter().sets:
        assert any(word.isascii() for word in one.words)
        assert any(not word.isascii() for word in one.words)


@pytest.mark.parametrize(("text", "finds"), [
    ("昨天刚买今天就降价了，差多少能退吗", set()), ("我申请了价保，什么时候退款", set()), ("降价了，我要退货重买", {"return"}), ("降价了，取消订单吧", {"return"}), ("少了一件，差多少能退吗", {"return"}),
], ids=said)
def test_money_back_of_a_lowered_price_is_no_return(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize(("text", "finds"), [
    ("点错了，我不退了，怎么取消", set()), ("换货的申请帮我取消，不换了", set()), ("地址错了，怎么取消", {"return"}), ("不换了，帮我退款", {"return"}),
    ("我申请了一个售后，怎么取消", set()), ("退款申请可以取消吗", set()), ("不发货，怎么取消", {"return"}), ("怎么取消安装服务", set()),
], ids=said)
def test_what_calls_off_a_wish_taken_back_or_a_request_cancels_no_order(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize(("text", "finds"), [
    ("发票抬头开错了，能更换吗", set()), ("手机号弄错了，可以换吗", set()), ("地址填错了，我要换货", {"exchange"}), ("鞋子小了，能更换吗", {"exchange"}), ("发票开错了。鞋子也小了，能更换吗", {"exchange"}),
], ids=said)
def test_what_is_to_be_changed_may_stand_in_the_clause_before(text, finds):
    assert codes(text) == finds


@pytest.mark.parametrize(("text", "finds"), [
    ("Please replace it, the old one was replaced last month", {"exchange"}), ("The first one was replaced within two days", set()), ("too much hassle to return", set()), ("they offered a refund and that was fine", set()),
    ("Never mind, it works now", set()), ("I want to return it. Never mind, it works now", set()), ("one screw is missing, please send it", {"reissue"}), ("please send it with the invoice", set()), ("Please fix the zip", {"repair"}),
], ids=said)
def test_english_is_told_taken_back_and_asked_for_too(text, finds):
    assert codes(text) == finds

"""Weighing: what a text's signs come to, whose words are weighed, how it is told, and that the same texts teach the same weights (KW-3, KW-5)."""

import json

import pytest

from amends.cli import main
from amends.core.keyword_weighing import PHRASES, SIGNS, Weights
from amends.core.keywords import STARTER, KeywordSet, starter, starter_of
from amends.engine.keyword_evaluation import Labelled
from amends.engine.keyword_fitting import document_of, fit
from amends.engine.keyword_scan import of_starter

NEGATIVE = ("told", "tells_elsewhere", "unreal_elsewhere", "over_80", "also_return", "also_exchange", "also_repair")


def codes(scanner, text):
    return {hit.set for hit in scanner.scan(text)}


def test_the_starter_file_has_weights_for_known_signs():
    weights = starter().weights
    assert set(weights.signs) <= set(SIGNS)
    assert set(weights.phrases) == set(PHRASES)
    assert weights.never == {"unasked"}
    assert all(weights.signs[sign] < 0 for sign in NEGATIVE)
    assert all(weights.signs[sign] > 0 for sign in ("wish", "question", "self", "two_words"))


@pytest.mark.parametrize("field", ["signs", "never"])
def test_a_sign_nobody_knows_is_no_weight(field):
    document = json.loads(STARTER.read_text(encoding="utf-8"))
    document["weights"][field] = {"stars": 1} if field == "signs" else ["stars"]
    with pytest.raises(ValueError, match="stars"):
        starter_of(document)


@pytest.mark.parametrize(("text", "finds"), [
    ("买回来一个星期屏幕就开始闪，客服一直没有给出说法，我要退货，请尽快安排上门取件，谢谢", {"return"}),
    ("鞋子收到了，样子跟图片上是一样的，就是偏小一点脚背压得疼，能不能换大一码？", {"exchange"}),
    ("空调用了一个夏天现在不制冷了，还在保修期内，请安排师傅上门维修一下，家里有老人", {"repair"}),
    ("朋友推荐的店，包装很好物流也快，就是商品跟描述差得有点远，最后折腾了很久运费自己出才给换货成功，五星给快递", set()),
], ids=["return", "exchange", "repair", "told"])
def test_a_wish_counts_and_a_story_does_not(text, finds):
    assert codes(of_starter(starter()), text) == finds


def test_only_words_that_came_with_the_product_are_weighed():
    sets = starter().sets
    text = "一家人都说颜色很好看穿着也舒服的，就是衣服洗过以后缩水缩得厉害现在退钱都很费劲的样子，一个礼拜了没有下文"
    [light] = of_starter(starter()).weighed(text)
    assert (light.type, light.never) == ("return", "unasked")
    assert codes(of_starter(starter()), text) == set()
    own = [KeywordSet(one.code, one.kind, one.type, one.zh, one.en, (*one.words, "缩得厉害")) if one.code == "return" else one for one in sets]
    assert codes(of_starter(starter(), own), text) == {"return"}
    assert of_starter(starter(), own).weighed(text) == []


def test_english_and_free_sets_are_not_weighed():
    scanner = of_starter(starter())
    assert codes(scanner, "The first cup leaked after three days and the shop took its time, so in the end this goes back to you for a refund of everything") == {"return"}
    assert "safety" in codes(scanner, "买回来当天挺好的大家都说漂亮，放在客厅里面充电的时候突然就着火了，把地板都烧坏了一大块，后来客服才打来电话")


def test_it_is_told_in_both_languages():
    weights = Weights(1.0, 2.0, {"told": -0.5, "self": 0.4}, {"self": ("我",), "done_later": ("了",)})
    document = json.loads(STARTER.read_text(encoding="utf-8"))
    scanner = of_starter(starter_of(document | {"weights": dict(document_of(weights))}))
    [light] = scanner.weighed("我的杯子漏水，我要退货")
    assert light.words == ("要退",)
    assert light.told(0) == "「要退」没有算，更像在讲述：小句里有“我” +0.4；连同基数合计 1.40，至少要 2.00"
    assert light.told(1) == "“要退” not counted, it rather tells than asks: its clause says “I” +0.4; together with the base 1.40, at least 2.00 is needed"


def test_weights_are_learnt_from_a_small_set(tmp_path, capsys):
    rows = [(f"第{n}个杯子漏水，我要退货", ["return"]) for n in range(30)] + [(f"第{n}个杯子看着不像新的，怪不得有人退款", []) for n in range(20)]
    labelled = [Labelled(str(n), text, frozenset(wants), frozenset()) for n, (text, wants) in enumerate(rows)]
    fitted = fit(labelled, starter(), 0.9)
    assert fitted == fit(labelled, starter(), 0.9)
    assert fitted.weights.signs["self"] > 0.5
    assert fitted.weights.never == {"unasked"}
    chosen = next(point.alert for point in fitted.line if point.least == fitted.weights.least)
    assert chosen.right >= 0.9 * fitted.rules.right
    assert chosen.precision > fitted.rules.precision
    file, out = tmp_path / "own.jsonl", tmp_path / "weights.json"
    file.write_text("".join(json.dumps({"text": text, "wants": wants}) + "\n" for text, wants in rows))
    assert main(["keywords", "fit", str(file), "--split", "", "--lang", "en", "--kept", "0.9", "--out", str(out)]) == 0
    assert json.loads(out.read_text()) == document_of(fitted.weights)
    assert "chosen" in capsys.readouterr().out
    file.write_text('{"text": "I want a refund", "wants": ["return"]}\n')
    assert main(["keywords", "fit", str(file), "--split", ""]) == 2

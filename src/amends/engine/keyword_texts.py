"""The real texts that keyword alerts are measured on, found again by id, and how the labelled ones were chosen (KW-5; docs/keywords.md).

The texts themselves are not part of the product: a folder `--data` holds them, the product carries ids and labels only. Ids:
`reviews:<n>` is row n (the first after the header is 1) of the reviews; `jddc:train:<n>` and `jddc:test:<n>` are line n (from 1) of the
dialogues' `.enc` files, of which only the customer's words are read (`customer_words`).
"""

import csv
import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

REVIEWS = "zh_online_shopping_reviews/online_shopping_10_cats.csv.gz"
DIALOGUES = {"jddc:train": "jddc_baseline_pairs/train.enc.txt.gz", "jddc:test": "jddc_baseline_pairs/test.enc.txt"}
NO_SHOP = ("酒店", "蒙牛")
"""Categories of the reviews that are not about goods bought in a shop."""
SEED = "amends-keywords-1"
SHORTEST, LONGEST = 6, 220
"""Characters; an application's description is of this size."""

MENTIONS = re.compile(r"退|换|修|补发|补寄|补给|重发|再发|少发|漏发|发错|少了|赔|返厂|返还|售后|质保|取消|拒收")
GRAVE = re.compile(
    r"投诉|举报|曝光|工商|消协|12315|打假|起诉|律师|法院|媒体|维权|消费者协会|假一赔|差评到底|爆炸|炸了|起火|着火|冒烟|漏电|触电|烧焦|烫伤|割伤|受伤|拉肚子|腹泻|中毒|呕吐|吐了|"
    r"过敏|发霉|变质|住院|医院|食品安全|质检|不客气|走着瞧|砸|打死|威胁|后果|报警|派出所|记者|微博"
)
STRATA = (("reviews-mention", 190), ("reviews-other", 80), ("dialogue-mention", 230), ("dialogue-other", 60), ("grave", 120))
"""Stratum and how many texts are drawn from it; every text belongs to one."""
RARE = (
    ("rare-types", 80, re.compile(r"补发|补寄|补给|重发|再发|重新发|少发|漏发|少了|维修|返修|保修|修理|修好|修一|送修|报修")),
    ("danger", 60, re.compile(
        r"爆炸|炸了|起火|着火|冒烟|漏电|触电|电到|烫伤|烫到|划伤|割伤|受伤|流血|中毒|拉肚子|腹泻|呕吐|过敏|红疹|弄死|打死|打人|威胁|骚扰|报警|曝光|12315|消协|工商|起诉|打假"
    )),
)
"""Drawn afterwards from what is left, because what they look for is rare: stratum, how many, which texts."""
FRESH = (("dialogue-mention", 60), ("reviews-mention", 50), ("dialogue-other", 15), ("reviews-other", 20), ("grave", 15))
"""Drawn when the first lists were finished, and looked at once: from which stratum, how many. Their stratum is called `fresh`; the second lists were tuned on them."""
MORE_SEED, MORE = "amends-keywords-2", (("reviews-mention", 200), ("dialogue-mention", 110))
"""Drawn to tune the second lists on, by a seed of their own. Their stratum is called `more`."""
FRESH2_SEED = "amends-keywords-3"
FRESH2 = (
    ("dialogue-mention", 59), ("dialogue-other", 11), ("reviews-mention", 55), ("reviews-other", 19), ("grave", 27), ("rare-types", 20), ("danger", 17),
)
"""Drawn after those, in the mixture of the held-out half, labelled before the second lists were begun, and measured when they were finished. Their stratum is called `fresh2`; the third lists were tuned on them."""
FRESH3_SEED = "amends-keywords-4"
FRESH3 = (
    ("dialogue-mention", 68), ("dialogue-other", 13), ("reviews-mention", 63), ("reviews-other", 22), ("grave", 31), ("rare-types", 23), ("danger", 20),
)
"""Drawn in the same mixture, labelled by another reader before that one had seen any list, and measured once, when the third lists stood in their first form; then for tuning. Their stratum is called `fresh3`."""
MORE2_SEED, MORE3_SEED = "amends-keywords-5", "amends-keywords-6"
MORE2 = (
    ("dialogue-mention", 136), ("dialogue-other", 26), ("reviews-mention", 126), ("reviews-other", 44), ("grave", 62), ("rare-types", 46), ("danger", 40),
)
MORE3 = (("dialogue-mention", 90), ("dialogue-other", 13), ("reviews-mention", 90), ("reviews-other", 10), ("grave", 20), ("rare-types", 25))
"""Drawn after `fresh3`, to tune the third lists on, by seeds of their own; of `danger` fewer were left. Their strata are called `more2` and `more3`."""
FRESH4_SEED = "amends-keywords-7"
FRESH4 = (("dialogue-mention", 73), ("dialogue-other", 14), ("reviews-mention", 68), ("reviews-other", 24), ("grave", 34), ("rare-types", 27))
"""Drawn and labelled when `fresh3` had been measured and before its mistakes were read; the mixture without `danger`, of which too few were left. Some of its texts had been read unlabelled (docs/keywords.md).
Its stratum is called `fresh4`."""
FRESH5_SEED = "amends-keywords-8"
"""`fresh5`: as many of each stratum as `fresh4`, drawn when the third lists were finished, without texts that had been read for any list. Its stratum is called `fresh5`; the fourth lists were tuned on all three."""
FRESH6_SEED = "amends-keywords-9"
FRESH6 = tuple((stratum, 2 * size) for stratum, size in FRESH4)
"""`fresh6`: twice as many of each stratum as `fresh4`, drawn before the fourth lists were begun, without texts that had been read for any list, and kept out of every search for them. Its stratum is called `fresh6`; it was measured once with the fourth lists and is for tuning since."""
FRESH7_SEED = "amends-keywords-10"
"""`fresh7`: as many of each stratum as `fresh6`, drawn when that had been measured, without texts that had been read for any list, and kept out of every search. Stratum and part are called `fresh7`."""
UNREAD = ("fresh5", "fresh6", "fresh7")
"""Strata that are drawn without the texts that had been read for the lists."""
SECOND_READER = 120
"""How many texts that had a label already, none of them held out, that other reader labelled too without seeing it."""

_AGENT = re.compile(
    r"亲|您(?!好)|小妹|妹子|妹妹这|我们这边|为你|这边|哦~|哈$|的哈|呢#|哦#|哈#|#E-s.*#E-s|有什么问题|可以帮|请稍|稍等|感谢|抱歉|不客气|祝|核实|查询下|辛苦|建议|还请|放心|#E-s\[数字x\]$|嗯呢|咱们|帮你|么么|小二|期待|京东小|给你查|谅解"
)
_FRAME = re.compile(r"咨询订单号|订单编号|ORDERID|https?:|顾客通过|^\W*$|订单金额|下单时间|商品编号")


def customer_words(line: str) -> str:
    """What the customer said in one `.enc` line: its comma-separated pieces without links, order headers and pieces that speak as the agent does.

    The file joins the turns of both sides and marks neither, so the rule is one of wording: it loses some customers' pieces and keeps some agents'.
    """
    pieces = (piece.strip() for piece in line.split(","))
    kept = [piece for piece in pieces if piece and not _FRAME.search(piece) and not _AGENT.search(piece)]
    return "，".join(dict.fromkeys(kept))


def texts(data: Path) -> Iterator[tuple[str, str, str]]:
    """(id, category, text) of every text of both sets, in the files' order. Category is the reviews' own, or `dialogue`."""
    with gzip.open(data / REVIEWS, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            if number and len(row) == 3:
                yield f"reviews:{number}", row[0], re.sub(r"[\ufeff\u200b-\u200f\s]+", " ", row[2]).strip()
    for name, path in DIALOGUES.items():
        whole = (data / path).read_bytes()
        lines = (gzip.decompress(whole) if path.endswith(".gz") else whole).decode().split("\n")
        for number, line in enumerate(lines, start=1):
            yield f"{name}:{number}", "dialogue", customer_words(line)


def found(data: Path, ids: Iterable[str]) -> dict[str, str]:
    """The texts of these ids, in the order asked for. Ids that no file has are left out; FileNotFoundError without the files."""
    wanted = list(ids)
    asked = set(wanted)
    there = {name: text for name, _, text in texts(data) if name in asked}
    return {name: there[name] for name in wanted if name in there}


def sampled(data: Path, read: Iterable[str] = ()) -> dict[str, str]:
    """id → stratum of the texts that were labelled: in each stratum the first by hash, near-duplicates (same first 24 characters) taken once.

    `read`: ids of texts that had been read for the lists without being labelled; the strata `UNREAD` are drawn without them.
    """
    read = frozenset(read)
    strata: dict[str, list[tuple[str, str]]] = {name: [] for name, _ in STRATA}
    for name, category, text in texts(data):
        if category not in NO_SHOP and SHORTEST <= len(text) <= LONGEST:
            strata[_stratum(category, text)].append((name, text))
    chosen: dict[str, str] = {}
    draws = [(SEED, stratum, size, stratum) for stratum, size in (*STRATA, *((rare, size) for rare, size, _ in RARE))]
    draws += [(SEED, stratum, size, "fresh") for stratum, size in FRESH] + [(MORE_SEED, stratum, size, "more") for stratum, size in MORE]
    draws += [(FRESH2_SEED, stratum, size, "fresh2") for stratum, size in FRESH2] + [(FRESH3_SEED, stratum, size, "fresh3") for stratum, size in FRESH3]
    draws += [(MORE2_SEED, stratum, size, "more2") for stratum, size in MORE2] + [(MORE3_SEED, stratum, size, "more3") for stratum, size in MORE3]
    draws += [(FRESH4_SEED, stratum, size, "fresh4") for stratum, size in FRESH4] + [(FRESH5_SEED, stratum, size, "fresh5") for stratum, size in FRESH4]
    draws += [(FRESH6_SEED, stratum, size, "fresh6") for stratum, size in FRESH6] + [(FRESH7_SEED, stratum, size, "fresh7") for stratum, size in FRESH6]
    for seed, stratum, size, called in draws:
        left = [(name, text) for name, text in _pool(strata, stratum) if name not in chosen and not (called in UNREAD and name in read)]
        chosen |= dict.fromkeys(_first(left, size, seed), called)
    return chosen


def split_of(name: str, stratum: str) -> str:
    """`held-out` or `tuning`: fixed by the id alone, before anything was read. What was drawn later is for tuning, but for `fresh7`."""
    if stratum == "fresh7":
        return stratum
    if stratum in ("fresh", "more", "fresh2", "fresh3", "more2", "more3", "fresh4", "fresh5", "fresh6"):
        return "tuning"
    return "held-out" if int(_hash("split", name)[:8], 16) % 2 == 0 else "tuning"


def second_pass(name: str) -> bool:
    """Whether this text was labelled a second time without looking at the first label: about 15 in 100, by hash."""
    return int(_hash("second", name)[:8], 16) % 100 < 15


def second_reader(drawn: Mapping[str, str]) -> list[str]:
    """The ids of `sampled` that the second reader labelled too: the first by hash of those labelled before and not held out, so that no held-out text was read again."""
    before = [name for name, stratum in drawn.items() if stratum not in ("fresh3", "more2", "more3", "fresh4", "fresh5", "fresh6", "fresh7") and split_of(name, stratum) == "tuning"]
    return sorted(before, key=lambda name: _hash("reader", name, FRESH3_SEED))[:SECOND_READER]


def _pool(strata: Mapping[str, list[tuple[str, str]]], stratum: str) -> list[tuple[str, str]]:
    """The texts a stratum is drawn from: its own, or for a rare one all that have its words."""
    mentions = next((words for name, _, words in RARE if name == stratum), None)
    return [pair for pairs in strata.values() for pair in pairs if mentions.search(pair[1])] if mentions else strata[stratum]


def _first(pairs: list[tuple[str, str]], size: int, seed: str) -> list[str]:
    begun: dict[str, str] = {}
    for name, text in sorted(pairs, key=lambda pair: _hash("draw", pair[0], seed)):
        begun.setdefault(text[:24], name)
        if len(begun) == size:
            break
    return list(begun.values())


def _stratum(category: str, text: str) -> str:
    if GRAVE.search(text):
        return "grave"
    side = "dialogue" if category == "dialogue" else "reviews"
    return f"{side}-mention" if MENTIONS.search(text) else f"{side}-other"


def _hash(use: str, name: str, seed: str = SEED) -> str:
    return hashlib.sha256(f"{seed}:{use}:{name}".encode()).hexdigest()

"""Keyword scanning on one core: descriptions read with ten thousand words in force, every hit with its place, denial looked at (KW-3)."""

import random
import time

from amends.bench.figures import Figure
from amends.core.keywords import KeywordSet, starter
from amends.engine.keyword_scan import of_starter
from amends.sim.furniture.sayings import MISMATCHES, PLEAS, SAFETY

SAYINGS = (
    *(words for pleas in PLEAS.values() for plea in pleas for some in plea.words.values() for words in some if words), *(words for _, _, words in (*MISMATCHES, *SAFETY.values())),
    "The zip broke on the second day. I don't want to return it, please send a replacement.", "收到後發現尺碼偏小，麻煩換大一號。",
)
WORDS = 10_000
WANTED = 50_000


def scans(many: int = 100_000) -> Figure:
    """The demo's descriptions, one in ten with a word of a merchant's own, read against the starter sets and words up to ten thousand."""
    chance, own = random.Random(7), starter()
    there = sum(len(s.words) for s in own.sets)
    characters = [chr(n) for n in range(0x4E00, 0x5E00)]
    more = tuple(sorted({"".join(chance.choices(characters, k=chance.randint(2, 4))) for _ in range(WORDS)}))[: WORDS - there]
    scanner = of_starter(own, (*own.sets, KeywordSet("more", "free", "", "更多", "more", more)))
    texts = [chance.choice(SAYINGS) + (chance.choice(more) if chance.random() < 0.1 else "") for _ in range(many)]
    scanner.scan(texts[0])
    start = time.process_time()  # what one core gives, whoever else is on the machine
    found = sum(len(scanner.scan(text)) for text in texts)
    rate = many / (time.process_time() - start)
    return Figure(f"keyword scans, {there + len(more)} words, {found / many:.1f} hits a text, one core", rate, "/s", f">= {WANTED:,}/s".replace(",", " "), reached=rate >= WANTED)

"""What the demo's people write sets off keyword alerts where it should, and nowhere else (KW-1, KW-2)."""

import pytest

from amends.core.keyword_choice import chosen_of, in_force
from amends.core.keywords import starter, warns
from amends.engine import keywords
from amends.sim.furniture import sayings

SCANNER = keywords.compiled(in_force(chosen_of(starter(), {}))).scanner
PLEAS = sorted({(type_, words) for type_, pleas in sayings.PLEAS.items() for plea in pleas for some in plea.words.values() for words in some if words})


@pytest.mark.parametrize(("type_", "_reason", "words"), [*sayings.MISMATCHES, *sayings.SAFETY.values()], ids=lambda x: x[:12])
def test_words_that_do_not_fit_go_off(type_, _reason, words):
    assert warns(SCANNER.scan(words), type_)


def test_ordinary_words_do_not():
    assert [(t, w) for t, w in PLEAS if warns(SCANNER.scan(w), t)] == []
    assert [w for w in (*sayings.BUYERS_SAY, *sayings.ANSWERS, *sayings.DECLINES) for t in sayings.PLEAS if warns(SCANNER.scan(w), t)] == []

"""Every refusal that the source can give has a sentence in both languages, with the same facts; none is left over."""

import ast
import string
from pathlib import Path

import amends
from amends.core.sentences import SENTENCES

CORE = Path(amends.__file__).parent


def codes_in_use() -> set[str]:
    found = set()
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refusal", "_refuse") and node.args:
                first = node.args[0]
                found |= {c.value for c in ((first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)) if isinstance(c, ast.Constant)}
    return found


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_code_in_use_has_a_sentence_and_none_is_left_over():
    assert codes_in_use() == set(SENTENCES)


def test_a_sentence_tells_the_same_facts_in_both_languages():
    for code, (zh, en) in SENTENCES.items():
        assert names(zh) - {"zh"} == names(en) - {"en"}, code
        assert "!" not in en
        assert "！" not in zh

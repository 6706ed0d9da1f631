"""The words: every key that is used exists, none lies unused, the two languages tell the same facts, and none shouts."""

import ast
import re
from pathlib import Path

import pytest

import amends.web
from amends.web import catalogue

ROOT = Path(amends.web.__file__).parent
KEY = re.compile(r"[a-z_0-9]+\.[a-z_0-9]+$", re.IGNORECASE)
HAN = re.compile(r"[一-鿿]")


def templates():
    return sorted((ROOT / "templates").rglob("*.html"))


def in_templates():
    """Literal keys, and literal beginnings of keys built with ~."""
    for path in templates():
        for quote, key, tail in re.findall(r"""(?<![\w.])t\(\s*(["'])([^"']+)\1\s*(~?)""", path.read_text("utf-8")):
            assert quote
            yield key, bool(tail), path.name


def in_python():
    """Every string in a view that is a key, and f-strings that begin like one."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and re.match(r"[a-z_0-9]+\.", str(node.values[0].value)):
                yield node.values[0].value, True, path.name
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.match(node.value):
                yield node.value, False, path.name


def in_scripts():
    """say("key") stands for js.key."""
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        for key in re.findall(r"""(?<![\w.])say\(\s*["'](\w+)["']""", path.read_text("utf-8")):
            yield f"js.{key}", False, path.name


def test_every_key_that_is_used_exists():
    words = catalogue.words()
    missing = [f"{where}: {key}" for key, prefix, where in [*in_templates(), *in_scripts()] if not (any(k.startswith(key) for k in words) if prefix else key in words)]
    assert missing == []


def test_every_key_is_used():
    used = {key for key, prefix, _ in [*in_templates(), *in_python(), *in_scripts()] if not prefix}
    begun = tuple(key for key, prefix, _ in [*in_templates(), *in_python()] if prefix)
    named = "\n".join(p.read_text("utf-8") for p in [*templates(), *ROOT.rglob("*.py")])
    # js.actions and the like are chosen by name in a script; a template may hand a key on as a plain string
    scripts = "\n".join(p.read_text("utf-8") for p in (ROOT / "static" / "js").glob("*.js"))
    unused = [
        key for key in catalogue.words()
        if key not in used and not key.startswith(begun) and f'"{key}"' not in named and not (key.startswith("js.") and f'"{key[3:]}"' in scripts)
    ]
    assert unused == []


def test_chinese_is_chinese_and_english_is_not():
    for key, (zh, en) in catalogue.words().items():
        assert "!" not in en, key
        assert "！" not in zh, key
        assert not HAN.search(en), key
        assert not re.search(r"[一-鿿][,:?!]", zh), f"{key}: Chinese text takes Chinese punctuation"


def test_no_text_stands_in_templates():
    for path in templates():
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        found = [line for line in text.splitlines() if HAN.search(line) and 'lang="zh-CN"' not in line]
        assert found == [], path.name


def test_no_inline_script_style_or_handler_in_templates():
    for path in templates():
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path.name
        assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|hx-on|javascript:|hx-vals=.js:", text), path.name


def test_every_form_that_posts_carries_its_token():
    for path in templates():
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text("utf-8"), flags=re.DOTALL):
            assert "csrf()" in form, f"{path.name}: {form[:80]}"


@pytest.mark.parametrize(
    ("pair", "wrong"),
    [(["中文"], "must be"), (["中文", ""], "must be"), (["{n} 单", "cases"], "different facts"), (["{n} 单", "{n} case|cases"], "different facts")],
)
def test_a_faulty_catalogue_is_refused(pair, wrong):
    with pytest.raises(catalogue.Faulty, match=wrong):
        catalogue._checked("x.toml: key", pair)


def test_plurals_and_markup(monkeypatch):
    from markupsafe import Markup

    monkeypatch.setattr(catalogue, "words", lambda: {"a.b": ("{n} 单，{who}", "{n} case by {who}|{n} cases by {who}")})
    assert catalogue.say("en", "a.b", n=1, who="Li") == "1 case by Li"
    assert catalogue.say("en", "a.b", n="1", who="Li") == "1 case by Li", "a figure may come written out"
    assert catalogue.say("en", "a.b", n=2, who="Li") == "2 cases by Li"
    assert catalogue.say("zh", "a.b", n=2, who=Markup("<b>{}</b>").format("<i>")) == "2 单，<b>&lt;i&gt;</b>"
    with pytest.raises(KeyError):
        catalogue.say("zh", "a.b", n=2)

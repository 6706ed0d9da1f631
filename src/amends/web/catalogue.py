"""The words of the screens: one file a screen in words/, every key with Chinese and English, checked when loaded.

A key is `file.name`. English may give a singular and a plural, `"{n} case|{n} cases"`, chosen by the fact `n`.
"""

from __future__ import annotations

import functools
import string
import tomllib
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

FOLDER = Path(__file__).parent / "words"


class Faulty(Exception):
    """A catalogue that cannot be used; raised at start, with the file and the key."""


@functools.cache
def words() -> dict[str, tuple[str, str]]:
    """Every key of every file. Raises Faulty where a language is missing or the two tell different facts."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as wrong:
            raise Faulty(f"{path.name}: {wrong}") from wrong
        for name, pair in table.items():
            found[f"{path.stem}.{name}"] = _checked(f"{path.name}: {name}", pair)
    return found


def _checked(where: str, pair: Any) -> tuple[str, str]:
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(w, str) and w.strip() for w in pair)):
        raise Faulty(f'{where} must be ["中文", "English"]')
    zh, en = pair
    if any(facts(form) != facts(zh) for form in en.split("|")):
        raise Faulty(f"{where} tells different facts in the two languages")
    return zh, en


def facts(sentence: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def say(lang: str, key: str, **given: Any) -> str:
    """A sentence in `zh` or `en`. KeyError for a key or a fact that is not there: a bug. Safe markup among the facts stays markup."""
    zh, en = words()[key]
    sentence = zh if lang == "zh" else en
    if lang != "zh" and "|" in sentence:
        one, many = sentence.split("|", 1)
        sentence = one if given.get("n") in (1, "1") else many  # a figure may come written out
    if any(isinstance(fact, Markup) for fact in given.values()):
        return Markup(escape(sentence)).format_map(given)
    return sentence.format_map(given) if given else sentence

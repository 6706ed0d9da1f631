"""The Chinese face for paper and pictures: where it lies, what it can write, and text made writable. Fetched by `make setup` into `faces/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from amends.store.trouble import OperatorError

FOLDER = Path(__file__).parent / "faces"
REGULAR, BOLD = FOLDER / "regular.ttf", FOLDER / "semibold.ttf"
SILENT = frozenset({0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})
"""Signs without a shape of their own: joiners and variation selectors."""


def regular() -> Path:
    """The path of the regular weight. Raises OperatorError when `make setup` has not fetched it."""
    return _there(REGULAR)


def bold() -> Path:
    """The semibold weight. Raises OperatorError."""
    return _there(BOLD)


def _there(path: Path) -> Path:
    if not path.is_file():
        raise OperatorError(f"没有字体文件 {path.name}，请运行 make setup", f"The face {path.name} is not there: run make setup")
    return path


@cache
def signs() -> frozenset[int]:
    """Every code point the face can write."""
    with TTFont(regular(), lazy=True) as face:
        return frozenset(face.getBestCmap())


def writable(text: str) -> str:
    """The same text with what the face cannot write told by its number, 〔U+1F600〕, so that nothing is lost in silence; control signs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


@cache
def _sign(c: str) -> str:
    code = ord(c)
    if c == "\n" or (code in signs() and c.isprintable()):
        return c
    if code in SILENT or c == "\r":
        return ""
    return " " if c.isspace() or code < 0x20 else f"〔U+{code:04X}〕"

"""The stories as they are written: one block a story, its title first."""

import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "stories").glob("*.txt"))


def stories():
    """The lines of every story, under its title."""
    for file in FILES:
        for block in re.split(r"\n\s*\n", file.read_text("utf-8").strip()):
            title, *lines = block.splitlines()
            assert title.startswith("故事: "), f"{file.name}: {title}"
            yield pytest.param(lines, id=f"{file.stem}-{title.removeprefix('故事: ')}")

"""The guide's blocks, run in their order against the product: an example that no longer works fails here."""

import json
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "api.md"
BLOCKS = re.findall(r"```http\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


def look_up(body, path):
    """`cases.0.id` in a decoded answer."""
    for step in path.split("."):
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


def filled(text, values):
    """The text with `{name}` replaced by what earlier answers gave."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def parts(block):
    """(method, address, headers, body, status, what the answer holds, name and path of what to keep)."""
    asked, _, told = block.partition("\n→ ")
    first, *rest = asked.split("\n")
    headers = dict(line.split(": ", 1) for line in rest if re.match(r"[A-Z][A-Za-z-]+: ", line))
    body = "\n".join(line for line in rest if not re.match(r"[A-Z][A-Za-z-]+: ", line)).strip()
    status, _, answer = told.strip().partition(" ")
    holds, _, keeps = answer.rpartition("} ") if "} " in answer else (answer[:-1], "", "")
    return *first.split(" ", 1), headers, body, int(status), json.loads(holds + "}"), keeps.split(" = ") if keeps else None


def test_the_worked_example_runs_from_application_to_confirmation(api):
    values = {}
    for block in BLOCKS:
        method, address, headers, body, status, holds, keeps = parts(filled(block, values))
        got = api.call(method, address, json.loads(body) if body else None, headers=headers)
        assert got.status == status, f"{block}\n{got.raw.decode()}"
        for path, value in holds.items():
            assert look_up(got.json, path) == value, f"{block}\n{got.raw.decode()}"
        if keeps:
            values[keeps[0]] = look_up(got.json, keeps[1])
    assert {"order", "line", "case"} <= set(values)


@pytest.mark.parametrize("step", ["apply", "approve_return", "ship_back", "register_receipt", "refund", "confirm"])
def test_the_guide_shows_every_step_of_a_return(step):
    wanted = "POST /api/v1/service-orders\n" if step == "apply" else f"/{step}\n"
    assert any(wanted in block for block in BLOCKS)

"""What a command is: a verb whose fields are at once the form, the API body and the check."""

import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from amends.core.refusal import Refusal

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass
class Command:
    """Base of every verb. `zh`/`en` label the button, `event` is what then happened, `node` groups permissions (ST-3)."""

    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    event: ClassVar[str] = ""
    node: ClassVar[str] = ""
    verb_: ClassVar[str] = "command"

    def __init_subclass__(cls) -> None:
        cls.verb_ = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def verb(command: "type[Command] | Command") -> str:
    """`ApproveReturn` → `approve_return`: the name in the API, on buttons and in permissions."""
    return command.verb_


def ask(zh: str, en: str, kind: str = "text", *, required: bool = False, most: int = 500, least: int = 0, choices: tuple[str, ...] = ()) -> Any:
    """One input of a command. `kind`: text, long, choice, money, count, instant, flag, photos, lines, codes (several of a list that a rule
    knows), sku, address, person (the id of one); `most` in characters or units."""
    default: Any = {"flag": False, "count": None, "money": None}.get(kind, "")
    meta = {"zh": zh, "en": en, "kind": kind, "required": required, "most": most, "least": least, "choices": choices}
    if kind in ("photos", "lines", "codes"):
        return field(default_factory=list, metadata=meta)
    return field(default=default, metadata=meta)


def inputs(command: type[Command]) -> tuple[Field[Any], ...]:
    """The fields of a command, in order, each with its metadata."""
    cls: Any = command
    return _inputs(cls)


@cache
def _inputs(cls: Any) -> tuple[Field[Any], ...]:
    return fields(cls)


def build(command: type[Command], body: Mapping[str, Any]) -> tuple[Command | None, list[Refusal]]:
    """A command out of a form or JSON body, or all that is wrong with it at once, field by field."""
    wrong: list[Refusal] = []
    values: dict[str, Any] = {}
    for item in fields(command):
        value = body.get(item.name)
        if isinstance(value, str):
            value = value.strip()
        if value in _EMPTY and value is not False:
            if item.metadata["required"]:
                wrong.append(_refuse("required", item))
            continue
        value, refusal = _read(item, value)
        if refusal:
            wrong.append(refusal)
        values[item.name] = value
    wrong += [Refusal("field_unknown", {"name": name}, name) for name in body if name not in {f.name for f in fields(command)}]
    return (None if wrong else command(**values)), wrong


def sketch(command: type[Command], body: Mapping[str, Any]) -> Command:
    """The command as far as it can be read, for trying it while somebody still types (SO-33); what is missing or wrong stays at its default."""
    values: dict[str, Any] = {}
    for item in fields(command):
        value = body.get(item.name)
        if isinstance(value, str):
            value = value.strip()
        if value not in _EMPTY or value is False:
            read, refusal = _read(item, value)
            if refusal is None:
                values[item.name] = read
    return command(**values)


def _refuse(code: str, item: Field[Any], **facts: Any) -> Refusal:
    return Refusal(code, {"zh": item.metadata["zh"], "en": item.metadata["en"], **facts}, item.name)


def _read(item: Field[Any], value: Any) -> tuple[Any, Refusal | None]:
    meta, kind = item.metadata, item.metadata["kind"]
    if kind == "codes":
        return _read_codes(item, value)
    if kind in ("photos", "lines"):
        if not isinstance(value, list):
            return None, _refuse("wrong_kind", item)
        return value, _refuse("out_of_range", item, least=0, most=meta["most"]) if len(value) > meta["most"] else None
    if kind in ("count", "money"):
        return _read_number(item, value)
    if kind == "flag":
        flag = {True: True, False: False, "on": True, "true": True, "1": True, "false": False, "0": False}.get(value) if isinstance(value, str | bool) else None
        return flag, None if flag is not None else _refuse("wrong_kind", item)
    if not isinstance(value, str) or "\x00" in value or (kind == "person" and not _ID.fullmatch(value)):
        return None, _refuse("wrong_kind", item)
    if kind == "choice" and value not in meta["choices"]:
        return None, _refuse("not_a_choice", item, choices=list(meta["choices"]))
    if kind == "instant":
        return _read_instant(item, value)
    return value, _refuse("too_long", item, most=meta["most"], now=len(value)) if len(value) > meta["most"] else None


def _read_codes(item: Field[Any], value: Any) -> tuple[list[str] | None, Refusal | None]:
    """Codes as a list, or in one text with commas as forms hold them; each once, in the order given."""
    codes = [c.strip() for c in value.split(",") if c.strip()] if isinstance(value, str) else value
    if not isinstance(codes, list) or not all(isinstance(c, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,63}", c) for c in codes):
        return None, _refuse("wrong_kind", item)
    most = item.metadata["most"]
    return list(dict.fromkeys(codes)), _refuse("out_of_range", item, least=0, most=most) if len(codes) > most else None


def _read_number(item: Field[Any], value: Any) -> tuple[int | None, Refusal | None]:
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
        return None, _refuse("wrong_kind", item)
    number, most = int(value), item.metadata["most"]
    if not item.metadata["least"] <= number <= most:
        return None, _refuse("out_of_range", item, least=item.metadata["least"], most=most)
    return number, None


def _read_instant(item: Field[Any], value: str) -> tuple[datetime | None, Refusal | None]:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None, _refuse("wrong_kind", item)
    return (instant, None) if instant.tzinfo else (None, _refuse("wrong_kind", item))

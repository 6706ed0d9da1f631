"""Every clock and every suspension over HTTP (PO-15, PO-16, IN-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.api.clock_shapes import BODIES, Both, ClockLine, Clocks, ClockSource, ClockSpan, Suspension, SuspensionEffect, SuspensionPage
from amends.api.door import Call, Refused, Reply
from amends.api.merchant_row import merchant_row
from amends.api.pages import flag
from amends.api.records import read_record
from amends.core.clock_kinds import stops_of, why_not
from amends.core.clock_statement import Line, statement
from amends.core.clock_words import CLOCK_NAMES, OUTCOME_WORDS, span_words
from amends.core.fast_review import member
from amends.core.pack import Pack
from amends.core.refusal import Refusal
from amends.engine import suspensions as engine
from amends.engine.audit import By
from amends.engine.deadlines import pack_of
from amends.engine.suspensions import Draft, Effect
from amends.store import suspensions as store
from amends.store.connect import PLATFORM, scope

BOTH = {"clocks": ("时限", "Kinds of clock"), "regions": ("省份", "Provinces")}
LISTS, MOST_WORDS = tuple(BOTH), 100


def of_merchant(call: Call) -> Reply:
    """GET every clock of the merchant's pack, as it goes for new cases."""
    call.needs("read")
    call.known_queries()
    row = merchant_row(call)
    return Reply(_clocks(call, pack_of(row["pack_ref"]), member(row["settings"], call.now)))


def of_pack(call: Call, pack: str) -> Reply:
    """GET every clock of a pack that comes with the product."""
    call.needs("read")
    call.known_queries()
    try:
        return Reply(_clocks(call, pack_of(pack), fast=False))
    except (ValueError, OSError):
        raise Refused(Refusal("not_there")) from None


def suspensions(call: Call) -> Reply:
    """GET suspensions."""
    call.needs("read")
    call.known_queries()
    if call.caller.merchant_id is None:
        return Reply(SuspensionPage([_suspension(row, call.now) for row in store.listed(call.house.pool)], None))
    return Reply(SuspensionPage(_standing(call), None))


def suspend(call: Call) -> Reply:
    """POST a suspension, or with `dry_run` look at what it would do."""
    _for_the_platform(call, "suspend_clocks")
    call.known_queries("dry_run")
    draft = _draft(call)
    if call.query("dry_run", flag, False):
        return _looked(engine.preview(call.house.pool, By(call.caller), draft, call.now))
    made = engine.make(call.house.pool, By(call.caller), draft, call.now, str(call.command_id))
    if isinstance(made, list):
        raise Refused(*made)
    return Reply(_one(call, made))


def change(call: Call, id: UUID) -> Reply:
    """PUT other names, times, kinds or provinces, or with `dry_run` look at what that would do."""
    _for_the_platform(call, "change_suspension")
    call.known_queries("dry_run")
    draft = _draft(call)
    if call.query("dry_run", flag, False):
        return _looked(engine.preview(call.house.pool, By(call.caller), draft, call.now, str(id)))
    if wrong := engine.change(call.house.pool, By(call.caller), str(id), draft, call.now):
        raise Refused(*(Refusal("not_there") if r.code == "suspension_unknown" else r for r in wrong))
    return Reply(_one(call, str(id)))


def _draft(call: Call) -> Draft:
    wrong: list[Refusal] = []
    body = call.json()
    given = read_record(body, BODIES["Suspending"], "", wrong, LISTS)
    lists = {name: _words(body.get(name), name, wrong) for name in LISTS}
    if wrong:
        raise Refused(*wrong)
    return Draft(given["zh"], given["en"], _instant(given["starts_at"]), _instant(given["ends_at"]), lists["clocks"], lists["regions"])


def ender(*, withdraw: bool) -> Callable[..., Reply]:
    """POST the end of a suspension, or that it is taken back."""

    def end(call: Call, id: UUID) -> Reply:
        _for_the_platform(call, "withdraw_suspension" if withdraw else "end_suspension")
        call.known_queries("dry_run")
        if call.query("dry_run", flag, False):
            return _looked(engine.preview_end(call.house.pool, By(call.caller), str(id), call.now, withdraw=withdraw))
        wrong = (engine.withdraw if withdraw else engine.end_early)(call.house.pool, By(call.caller), str(id), call.now)
        if wrong:
            raise Refused(*(Refusal("not_there") if r.code == "suspension_unknown" else r for r in wrong))
        return Reply(_one(call, str(id)))

    return end


def _for_the_platform(call: Call, what: str) -> None:
    if call.caller.merchant_id is not None:
        raise Refused(Refusal("not_yours", {"command": what, "party": call.caller.party.value}))
    call.needs(engine.PERMISSION)


def _words(value: Any, name: str, wrong: list[Refusal]) -> list[str]:
    """A list of words; nothing is an empty one."""
    if value is None:
        return []
    if not (isinstance(value, list) and len(value) <= MOST_WORDS and all(isinstance(v, str) and v and "\x00" not in v for v in value)):
        wrong.append(Refusal("wrong_kind", {"zh": BOTH[name][0], "en": BOTH[name][1]}, name))
        return []
    return list(dict.fromkeys(value))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _looked(effect: Effect | list[Refusal]) -> Reply:
    if isinstance(effect, list):
        raise Refused(*(Refusal("not_there") if r.code == "suspension_unknown" else r for r in effect))
    return Reply(SuspensionEffect(effect.clocks, effect.merchants, effect.at_once, effect.more))


def _one(call: Call, suspension_id: str) -> Suspension:
    with scope(call.house.pool, PLATFORM) as conn:
        row = store.one(conn, suspension_id)
    if row is None:
        raise Refused(Refusal("not_there"))
    return _suspension(row, call.now)


def _standing(call: Call) -> list[Suspension]:
    with scope(call.house.pool, PLATFORM) as conn:
        return [_suspension(row, call.now) for row in store.standing(conn, call.now)]


def _suspension(row: store.Row, now: datetime) -> Suspension:
    return Suspension(row.id, Both(row.zh, row.en), row.state(now), row.starts_at, row.ends_at, row.clocks, row.regions, row.made_at, row.withdrawn_at, row.moved, row.waiting)


def _clocks(call: Call, pack: Pack, fast: bool) -> Clocks:
    return Clocks(pack.id, pack.version, Both(pack.name.zh, pack.name.en), [_line(line, pack) for line in statement(pack, fast=fast)], _standing(call))


def _line(line: Line, pack: Pack) -> ClockLine:
    state, source, span = line.of_state, pack.sources[line.source], line.span
    return ClockLine(
        line.clock, _both(CLOCK_NAMES, line.clock), line.kind, line.state, Both(state.zh, state.en) if state else _both(CLOCK_NAMES, line.clock), line.type or None, list(line.modes), list(line.ways),
        list(line.tags), line.rule or None, ClockSpan(span.kind, span.amount, span.before, span.by, span.next_working), Both(span_words(span, 0), span_words(span, 1)), line.then,
        _both(OUTCOME_WORDS, line.then), line.remind_before, ClockSource(line.source, source.level, source.text, source.zh), list(stops_of(line.clock)), Both(*why) if (why := why_not(line.clock)) else None,
    )


def _both(words: dict[str, Any], code: str) -> Both:
    return Both(*words.get(code, (code, code)))

"""Trying strategies on what has been: what they would have decided, beside what people did (SA-7); and why a row fits one case or not (SA-6, SO-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from amends.core.refusal import Refusal
from amends.core.strategy import BESIDE, PAYS, Row, Table, commands_at, facts_used, node_of
from amends.core.strategy_facts import FACTS, STATES
from amends.core.strategy_json import decode_rows
from amends.core.strategy_played import Played
from amends.engine.acting import Considered, refusal_now
from amends.engine.ids import is_id
from amends.engine.road import LOOK_AGAIN
from amends.engine.strategy_compile import Compiled, Fit, cel_variables, compile_table, describe
from amends.engine.strategy_decider import Acting, Groups
from amends.engine.strategy_facts import Facts, read_now, read_then, unknown_in_trials
from amends.engine.strategy_past import TOOK, Guards, Said
from amends.engine.strategy_runs import MOST_DAYS
from amends.engine.strategy_then import AS_NOW, WasThen
from amends.engine.strategy_then import was as was_at
from amends.store import considering
from amends.store import strategies as tables
from amends.store import strategy_history as history
from amends.store.connect import Pool, scope
from amends.store.merchant_seen import MerchantSeen
from amends.store.strategy_history import PastDecision
from amends.store.strategy_runs import RunRow

PIECE = 1000
AT_ONCE = 5000
"""Cases a trial looks at while somebody waits; more is a run of the worker."""
LEFT = ""
"""The column of what no row decides."""
BY_CLOCK = "run_out"
REFUSED = "refused_"
"""Begins the columns of what a row fits and the road would have refused; the code of the refusal follows."""
MOST_TOLD = 20
"""So many names of what was taken as it is today are told."""
BY_ITSELF = "by_itself"
"""The line of what strategies, fast review or the pack had decided by themselves: nothing to compare people with."""


@dataclass(slots=True)
class Disagreement:
    """A case on which people and rows differ: what people did and said, what the row would have done, what was paid for the goods (minor units)."""

    case_id: str
    number: str
    people: str
    people_name: str
    people_words: str
    strategy: str
    row_id: str
    amount: int
    currency: str
    decided_at: datetime
    left: Refusal | None = None
    """What the road would have said to the row that fits, where it is left to people by that."""


@dataclass(slots=True)
class Trial:
    """A trial. `agreement[people's command][row's command]` counts cases, "" where no row decides or a limit left it to people, `refused_<code>` where a row fitted and a guard of the road (what may be
    refunded, what is in stock, …) would have refused it, `run_out` where a clock did and `by_itself` where something else had; `by_row` cases decided by each row.

    `paid_by_people` and `paid_by_rows`: minor units over the cases the rows decide and people had decided: what was granted in the end, and what would have been.
    `today`: what was taken as it is today, because no record tells how it was: `facts`, SKUs (`prices`), labels (`addresses`).
    `unknown`: facts the rows ask for that history does not keep; `held_back`: cases an open alert kept from every strategy; `limited`: cases that a row fitted and its limits would
    have left to people; `refused`: cases that a row fitted and the road would have refused; `refusals`: by code, how many (`n`) and one of them (`facts`, `field`, `number` of the case).
    """

    looked_at: int = 0
    would_decide: int = 0
    agree: int = 0
    differ: int = 0
    held_back: int = 0
    limited: int = 0
    refused: int = 0
    refusals: dict[str, dict[str, Any]] = field(default_factory=dict)
    agreement: dict[str, dict[str, int]] = field(default_factory=dict)
    by_row: dict[str, int] = field(default_factory=dict)
    paid_by_people: int = 0
    paid_by_rows: int = 0
    unknown: list[str] = field(default_factory=list)
    today: dict[str, list[str]] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    more: bool = False

    @property
    def share(self) -> float | None:
        """Of the cases both decided, the share on which they agree, 0 … 1; None where there are none."""
        both = self.agree + self.differ
        return self.agree / both if both else None


@dataclass(slots=True)
class RowFit:
    """Whether a row fits a case and why: condition by condition with the actual values. `wins`: it is the first that fits of those in use, and would act; `refusal`: why it would not, though it is."""

    row: Row
    fits: bool
    conditions: list[Fit]
    wins: bool = False
    refusal: Refusal | None = None


def trial(pool: Pool, merchant: str, kind: str, node: str, rows: Iterable[Row], days: int, now: datetime, most: int = AT_ONCE) -> Trial | list[Refusal]:
    """Try rows on the cases that left this node in the last `days` days, with the facts as they were when each had come to it. Rows that are off are tried as if on.

    At most `most` cases, `more` says that there were more; a whole history is `strategy_runs.start_trial`.
    """
    if not 1 <= days <= MOST_DAYS:
        return [Refusal("strategy_trial_days", {"most": MOST_DAYS}, "days")]
    compiled, out, after, played = _tried(kind, node, rows), Trial(), "", Played()
    while out.looked_at < most:
        with scope(pool, UUID(merchant)) as conn:
            found, differ, _ = _piece(conn, merchant, compiled, out, now - timedelta(days=days), now, after, min(PIECE, most - out.looked_at), played)
        out.disagreements += differ
        if not found:
            return out
        after = found[-1].case_id
    out.more = True
    return out


def shadow(pool: Pool, merchant: str, kind: str, node: str, days: int, now: datetime, most: int = AT_ONCE, row_id: str = "") -> Trial:
    """What rows that look on (`row_id`: one of them) would have done on live cases since, beside how each was then decided; the same table and list as a trial (SA-7)."""
    out, tables_of, played = Trial(), dict[int, Compiled](), Played()
    with scope(pool, UUID(merchant)) as conn:
        commands = [c for c in commands_at(kind, node) if c not in BESIDE]
        found = history.shadows(conn, merchant, kind, node, STATES[(kind, node)], commands, now - timedelta(days=days), most, row_id)
        seen, guards = tables.merchant_seen(conn, merchant), dict[int, Guards]()
        was = was_at(conn, merchant, seen, [d.entered for d, _, _ in found])
        for version in {v for _, _, v in found}:
            made = tables_of[version] = compile_table(Table(node, kind, version, decode_rows(tables.version(conn, merchant, kind, node, version) or [])[0]))
            place = {row.id: at for at, row in enumerate(made.table.rows)}
            mine = {d.case_id: (d.entered_version, d.entered, place[row_id]) for d, row_id, v in found if v == version and row_id in place}
            guards[version] = Guards(conn, merchant, made, mine, was, now, played)
    for decision, row_id, version in reversed(found):
        row = next((one for one in tables_of[version].table.rows if one.id == row_id), None)
        if row is not None and (differs := _compare(out, decision, *_held(out, decision, row, guards[version], seen, played, decision.entered), seen)) is not None:
            out.disagreements.insert(0, differs)
    out.more = len(found) == most
    return out


def work_trial(pool: Pool, merchant: str, run: RunRow, now: datetime) -> bool:
    """The next piece of a claimed trial; answers whether it is at its end. Its report is a Trial without its disagreements, which are kept row by row."""
    compiled = _tried(run.kind, run.node, decode_rows(run.rows)[0])
    out = Trial(**run.report) if run.report else Trial()
    since, played = run.since - timedelta(days=run.days), Played(run.counted)
    with scope(pool, UUID(merchant)) as conn:
        if not run.total:
            run.total = history.count(conn, merchant, run.kind, since, run.since)
        found, differ, left = _piece(conn, merchant, compiled, out, since, run.since, run.place, PIECE, played)
        history.keep_disagreements(conn, merchant, run.id, [_kept(d) for d in differ])
        history.keep_left(conn, merchant, run.id, [{"case_id": case, "refusal": None if r is None else {"code": r.code, "facts": dict(r.facts), "field": r.field}} for case, r in left.items()])
    run.counted = played.kept()
    run.report = {k: v for k, v in asdict(out).items() if k not in ("disagreements", "more")}
    run.done, run.decided = out.looked_at, out.would_decide
    if found:
        run.place = found[-1].case_id
    if len(found) < PIECE:
        run.total = run.done  # it was an estimate
    return len(found) < PIECE


def report(run: RunRow) -> Trial:
    """How far a trial has come, or what it found."""
    return Trial(**run.report) if run.report else Trial()


def disagreements(pool: Pool, merchant: str, run_id: str, after: str = "", many: int = 50) -> list[Disagreement]:
    """The cases on which people and rows differ, by case id; `after` (a case id) pages on."""
    if not is_id(run_id) or (after and not is_id(after)):
        return []
    with scope(pool, UUID(merchant)) as conn:
        return [Disagreement(*row) for row in history.disagreements(conn, merchant, run_id, after, many)]


def _tried(kind: str, node: str, rows: Iterable[Row]) -> Compiled:
    return compile_table(Table(node, kind, 0, tuple(replace(row, mode="on") for row in rows)))


def leaving(kind: str, node: str) -> list[str]:
    """The commands by which a case leaves a node: a remark or an assignment decides nothing."""
    return [c for c in commands_at(kind, node) if c not in BESIDE]


def _piece(
    conn: Any, merchant: str, compiled: Compiled, out: Trial, since: datetime, until: datetime, after: str, many: int, played: Played,
) -> tuple[list[PastDecision], list[Disagreement], dict[str, Refusal | None]]:
    """The next cases with those that differ, and those left to people by the road's refusal or (None) by a limit."""
    table = compiled.table
    kind, node = table.kind, table.node
    found = history.decisions(conn, merchant, kind, STATES[(kind, node)], leaving(kind, node), sorted(LOOK_AGAIN), since, until, after, many)
    out.unknown = unknown_in_trials(compiled.needs)
    seen = tables.merchant_seen(conn, merchant)
    was = was_at(conn, merchant, seen, [at for d in found for at in (d.entered, d.decided_at)])
    entered = _by_case(read_then(conn, merchant, [(d.case_id, d.entered_version, d.entered) for d in found], compiled.needs, seen, was)) if found else {}
    chosen = {d.case_id: compiled.first(entered[d.case_id])[1] for d in found if d.case_id in entered and not entered[d.case_id]["_alert"]}
    out.held_back += sum(1 for d in found if d.case_id in entered and entered[d.case_id]["_alert"])
    when = {d.case_id: d.entered for d in found}
    if any(FACTS[code].moves for code in compiled.needs):
        _later(conn, merchant, compiled, found, chosen, when, was)
    differ, left = list[Disagreement](), dict[str, Refusal | None]()
    version = {d.case_id: d.version - 1 if when[d.case_id] != d.entered else d.entered_version for d in found}
    guards = Guards(conn, merchant, compiled, {case: (version[case], when[case], at) for case, at in chosen.items() if at >= 0}, was, until, played)
    for d in found:
        at = chosen.get(d.case_id, -1)
        row, said = _held(out, d, table.rows[at], guards, seen, played, when[d.case_id]) if at >= 0 else (None, None)
        if at >= 0 and row is None:
            left[d.case_id] = said.refusal if said is not None else None
        if (one := _compare(out, d, row, said, seen)) is not None:
            differ.append(one)
    if found:
        was.note("facts", *(code for code in AS_NOW if code in compiled.needs))
    for kind_, names in was.today.items():
        out.today[kind_] = sorted({*out.today.get(kind_, ()), *names})[:MOST_TOLD]
    return found, differ, left


def _later(conn: Any, merchant: str, compiled: Compiled, found: list[PastDecision], chosen: dict[str, int], when: dict[str, datetime], was: WasThen) -> None:
    """What fitted nothing on arrival may have fitted before people came to it: looked at once more as of their decision."""
    waited = [(d.case_id, d.version - 1, d.decided_at) for d in found if chosen.get(d.case_id) == -1]
    if waited:
        decided = {case: at for case, _, at in waited}
        for facts in read_then(conn, merchant, waited, compiled.needs, was.seen, was):
            if not facts["_alert"]:
                chosen[facts["_id"]], when[facts["_id"]] = compiled.first(facts)[1], decided[facts["_id"]]


def _by_case(found: list[Facts]) -> dict[str, Facts]:
    return {facts["_id"]: facts for facts in found}


def _held(out: Trial, d: PastDecision, row: Row, guards: Guards, seen: MerchantSeen, played: Played, when: datetime) -> tuple[Row | None, Said | None]:
    """The row with what the road would have said, if it would have acted at that time; None for it where a guard or its limits would have left the case to people."""
    said = guards.say(d.case_id)
    if said is not None and said.refusal is not None:
        out.refused += 1
        told = out.refusals.setdefault(said.refusal.code, {"n": 0, "facts": dict(said.refusal.facts), "field": said.refusal.field, "number": d.number})
        told["n"] += 1
        return None, said
    amount = worth(d, row) if said is None else said.worth
    if not played.act(row, d.buyer, when.astimezone(ZoneInfo(seen.tz)).date(), amount, own_currency=d.currency == seen.currency):
        out.limited += 1
        return None, None
    if said is not None:
        guards.count(said, people_gave=d.granted > 0, people_took=d.command in TOOK)
    return row, said


def left_by(said: Said | None) -> str:
    """The column of what a row fits and does not decide."""
    return REFUSED + said.refusal.code if said is not None and said.refusal is not None else LEFT


def who(d: PastDecision) -> str:
    """The line of the agreement table a decision belongs to: a command of people, the clock, or what had decided by itself."""
    return BY_CLOCK if d.command == BY_CLOCK else BY_ITSELF if d.actor_kind == "system" else d.command


def _compare(out: Trial, d: PastDecision, row: Row | None, told: Said | None, seen: MerchantSeen) -> Disagreement | None:
    out.looked_at += 1
    said, people = row.action.command if row is not None else left_by(told), who(d)
    line = out.agreement.setdefault(people, {})
    line[said] = line.get(said, 0) + 1
    if row is None:
        return None
    out.would_decide += 1
    out.by_row[row.id] = out.by_row.get(row.id, 0) + 1
    if people in (BY_CLOCK, BY_ITSELF):
        return None
    if d.currency == seen.currency:  # sums are in the merchant's; of another currency nothing can be added to them
        out.paid_by_people += d.granted
        out.paid_by_rows += _would_pay(d, row, told)
    if said == d.command:
        out.agree += 1
        return None
    out.differ += 1
    return Disagreement(d.case_id, d.number, d.command, d.actor_name, d.words, said, row.id, d.amount, d.currency, d.decided_at)


def _typed(row: Row) -> int | None:
    typed = row.action.fields.get("amount")
    return int(typed) if typed not in (None, "") else None


def _would_pay(d: PastDecision, row: Row, told: Said | None) -> int:
    """What the buyer would have got in the end: what the road would have granted at once, or the action says; else as with people where they did the same, or what the goods come to where money follows."""
    command = row.action.command
    if told is not None and told.granted is not None:
        return told.granted
    if command in PAYS and (typed := _typed(row)) is not None:
        return typed
    if command == d.command:
        return d.granted
    return d.amount if command in PAYS or (command in ("approve_return", "register_receipt") and d.type == "return") else 0


def worth(d: PastDecision, row: Row) -> int:
    """What an act is worth as its limits count it (`engine.acting.worth`), as far as the past tells: what is typed, else what was paid for the pieces."""
    typed = _typed(row)
    return d.amount if typed is None else typed


def _kept(d: Disagreement) -> dict[str, Any]:
    return {
        "case_id": d.case_id, "people": d.people, "people_name": d.people_name, "people_words": d.people_words[:500], "strategy": d.strategy, "row_id": d.row_id, "amount": d.amount,
        "decided_at": d.decided_at,
    }


def fits(pool: Pool, merchant: str, case_id: str, rows: Iterable[Row] | None, now: datetime) -> list[RowFit]:
    """Why each row fits this case now or not, condition by condition; `rows` None: those published at its node. Empty for a case that is at no node, or not there."""
    if not is_id(case_id):
        return []
    with scope(pool, UUID(merchant)) as conn:
        case = next(iter(considering.see(conn, merchant, [case_id])), None)
        node = node_of(case[1], case[2]) if case else ""
        if case is None or not node:
            return []
        if rows is None:
            rows = decode_rows(tables.get(conn, merchant, case[1], node).published)[0]
        given = tuple(rows)
        seen = tables.merchant_seen(conn, merchant)
        found = read_now(conn, merchant, [case_id], facts_used(given, cel_variables) & FACTS.keys(), seen, now)
        told = explain(given, found[0]) if found else []
        place = next((n for n, fit in enumerate(told) if fit.wins), -1)
        at = Considered(case_id, case[1], node, case[2], found[0]["_version"]) if found else None
        act = Acting(Table(node, case[1], 0, given), place, merchant, seen.pack).act(at, found[0], Groups(conn, merchant)) if at is not None and place >= 0 else None
    if act is not None and at is not None and found[0]["_assignee"] is None and (refusal := refusal_now(pool, merchant, at, act, now)) is not None:
        told[place].wins, told[place].refusal = False, refusal
    return told


def explain(rows: Iterable[Row], facts: Facts) -> list[RowFit]:
    """The same from facts that were read."""
    out = []
    for row in rows:
        conditions = describe(row, facts)
        out.append(RowFit(row, all(fit.fits for fit in conditions), conditions))
    winner = next((fit for fit in out if fit.fits and fit.row.mode == "on"), None)
    if winner is not None and not facts["_alert"]:
        winner.wins = True
    return out

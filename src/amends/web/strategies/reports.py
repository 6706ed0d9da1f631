"""What came of a trial, in words and figures, and how far runs over what waits have come (SA-7, SA-8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from amends.core.refusal import Refusal
from amends.core.strategy_changes import alone, stood_alone, tried
from amends.core.strategy_facts import FACTS
from amends.core.strategy_json import decode_rows
from amends.engine import strategy_runs, strategy_trial
from amends.engine.strategy_trial import BY_CLOCK, BY_ITSELF, LEFT, REFUSED, Trial
from amends.store.strategy_runs import RunRow
from amends.web import show, wording
from amends.web.catalogue import say
from amends.web.strategies.differences import differences
from amends.web.strategies.ground import Ground
from amends.web.strategies.ground import told as tell
from amends.web.strategies.naming import Names

DAYS = (7, 14, 30, 90, 180)
FIRST = 30
MOST_RUNS, MOST_AGAINST = 20, 8


@dataclass(slots=True)
class Waiting:
    """A table given to what waited when it was switched on."""

    id: str
    row: str
    done: int
    total: int
    decided: int
    running: bool
    stopped: bool


@dataclass(slots=True)
class Cell:
    """One number of the agreement table."""

    n: int
    url: str
    label: str
    agrees: bool
    against: bool


@dataclass(slots=True)
class Line:
    """What people decided, against every decision of the rows."""

    label: str
    cells: list[Cell]


@dataclass(slots=True)
class Against:
    """A case on which people and rows differ."""

    id: str
    number: str
    words: str
    amount: str


@dataclass(slots=True)
class Told:
    """A trial as the page shows it."""

    id: str
    running: bool
    done: int
    total: int
    about: str
    stopped: bool = False
    failed: bool = False
    decided: int = 0
    against: int = 0
    rate: str = "–"
    columns: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    money: list[tuple[str, str]] = field(default_factory=list)
    difference: str = ""
    changes: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_row: list[tuple[str, int]] = field(default_factory=list)
    cases: list[Against] = field(default_factory=list)
    against_url: str = ""
    old: bool = False


def beside(request: Any, ground: Ground, trial: RunRow | None = None) -> dict[str, Any]:
    """What stands beside the table: the trial asked for or the last one, and runs over what waited."""
    runs = strategy_runs.recent(request.house.pool, request.person.merchant_id, ground.kind, ground.node, MOST_RUNS)
    waiting = [r for r in runs if r.sort == "waiting"]
    shown = [r for r in waiting if r.running] or [r for r in waiting[:1] if r.started_at > request.now - timedelta(days=1)]
    last = trial or next((r for r in runs if r.sort == "trial" and _leads(r, runs)), None)
    told = told_of(request, ground, last, _other(last, runs)) if last else None
    return {"runs": [_waiting(r, request) for r in shown], "trial": told, "trial_days": DAYS, "trial_rows": _rows(ground), "chosen_row": _alone_id(ground, last), "chosen_days": last.days if last and last.days in DAYS else FIRST, "trial_refusal": None}


def _rows(ground: Ground) -> list[tuple[str, str]]:
    """The rows that may be tried alone: (id, name with its place)."""
    return [(row.id, say(ground.names.lang, "strategies.trial_row_n", n=n, row=ground.names.called(row, n))) for n, row in enumerate(ground.desk.draft.table.rows, 1)]


def _alone_id(ground: Ground, run: RunRow | None) -> str:
    one = stood_alone(decode_rows(run.rows)[0], ground.desk.published, ground.desk.draft.table) if run is not None and run.version == 0 else None
    return one.id if one is not None else ""


def _leads(run: RunRow, runs: list[RunRow]) -> bool:
    """Whether this is the half of a comparison that tries the draft, or a trial alone."""
    return run.version == 0 or _other(run, runs) is None


def _other(run: RunRow | None, runs: list[RunRow]) -> RunRow | None:
    if run is None:
        return None
    return next((r for r in runs if r.sort == "trial" and r.id != run.id and (r.started_at, r.days) == (run.started_at, run.days)), None)


def _waiting(run: RunRow, request: Any) -> Waiting:
    return Waiting(run.id, say(request.lang, "strategies.version_n", n=run.version), run.done, run.total, run.decided, run.running, run.stopped_at is not None)


def span_of(run: RunRow, request: Any) -> str:
    """10月23日–11月21日."""
    today = request.now.astimezone(request.zone).date()
    first, last = ((run.since - timedelta(days=n)).astimezone(request.zone).date() for n in (run.days, 0))
    return f"{show.day(first, today, request.lang)}–{show.day(last, today, request.lang)}"


def command(verb: str, lang: str, left: str = "strategies.left_to_people") -> str:
    """A decision by its name: a command, what a clock or something else did by itself, or that it was left to people, and by which refusal."""
    if verb.startswith(REFUSED):
        return say(lang, "trials.left_refused", why=why_refused(verb.removeprefix(REFUSED), lang))
    told = {LEFT: left, BY_CLOCK: "strategies.clock_did", BY_ITSELF: "strategies.by_itself_did"}.get(verb)
    return say(lang, told) if told else wording.command(verb, lang)


def why_refused(code: str, lang: str) -> str:
    """What the road would have said, in a few words."""
    return wording.known(f"trials.why_{code}", lang, say(lang, "trials.why_other"))


def people_words(verb: str, name: str, words: str, names: Names) -> str:
    """小满：审核不通过，拆吊牌; a reason of the pack by its words."""
    lang = names.lang
    what, words = command(verb, lang), names.labels.get(f"reasons.{verb}", {}).get(words, (words, ""))[0].rstrip(" .。;；,，")  # more follows it on the line
    said = words if len(words) <= 40 else words[:39] + "…"
    told = f"{what}{say(lang, 'strategies.comma')}{said}" if said else what
    return say(lang, "strategies.who_what", who=name, what=told) if name else told


def told_of(request: Any, ground: Ground, run: RunRow, other: RunRow | None) -> Told:
    """A run in words; unfinished, how far both halves of it have come."""
    halves = [run, other] if other else [run]
    found = strategy_trial.report(run)
    about = say(request.lang, "strategies.trial_about", since=span_of(run, request), n=show.number(found.looked_at), what=_what(run, request.lang))
    if any(r.running for r in halves):
        return Told(run.id, True, sum(r.done for r in halves), max(sum(r.total for r in halves), sum(r.done for r in halves)), about)
    out = Told(run.id, False, run.done, run.total, about, run.stopped_at is not None, run.last_error is not None and run.finished_at is None)
    _figures(out, found, ground)
    _agreement(out, found, run, ground, request.lang)
    rows = decode_rows(run.rows)[0]
    places = {row.id: n for n, row in enumerate(ground.desk.draft.table.rows, 1)}
    out.changes = [c.words for c in differences(decode_rows(other.rows)[0], rows, ground.names, ground.kind, ground.node, places=places)] if other else []
    out.compared = _compared(found, strategy_trial.report(other), ground, request.lang) if other else []
    out.notes = _notes(found, request, ground)
    live, one = {row.id: row.mode for row in ground.desk.published.rows}, stood_alone(rows, ground.desk.published, ground.desk.draft.table) if run.version == 0 else None
    if one is not None:
        out.about = say(request.lang, "strategies.trial_about", since=span_of(run, request), n=show.number(found.looked_at), what=say(
            request.lang, "shadows.alone", row=say(request.lang, "strategies.trial_row_n", n=places.get(one.id, 1), row=ground.names.called(one, places.get(one.id, 1)))))
        out.notes.insert(0, say(request.lang, "shadows.alone_note"))
    elif run.version == 0 and (len(rows) < len(places) or any(live.get(row.id) != "on" for row in rows)):
        out.notes.insert(0, say(request.lang, "strategies.trial_all_on"))
    out.by_row = [(say(request.lang, "strategies.trial_row_n", n=places.get(row.id, n), row=ground.names.called(row, n)), found.by_row.get(row.id, 0)) for n, row in enumerate(rows, 1)]
    asked = alone(ground.desk.draft.table, one.id) if one is not None else tried(ground.desk.published, ground.desk.draft.table)
    out.old = run.version == 0 and (asked is None or {r.id: r for r in rows} != {r.id: r for r in asked.rows})
    url = reverse("strategies-trial-cases", args=[ground.key, run.id])
    out.against_url = url
    out.cases = [
        Against(d.case_id, d.number, say(request.lang, "strategies.both_said", people=people_words(d.people, "", d.people_words, ground.names), strategy=command(d.strategy, request.lang)),
                show.money(d.amount, d.currency))
        for d in strategy_trial.disagreements(request.house.pool, request.person.merchant_id, run.id, many=MOST_AGAINST)
    ]
    return out


def _what(run: RunRow, lang: str) -> str:
    return say(lang, "strategies.version_n", n=run.version) if run.version else say(lang, "strategies.trial_draft")


def _figures(out: Told, found: Trial, ground: Ground) -> None:
    out.decided, out.against = found.would_decide, found.differ
    out.rate = "–" if found.share is None else f"{100 * found.share:.1f}%"
    currency = ground.shelf.currency
    out.money = [("strategies.paid_by_people", show.money(found.paid_by_people, currency)), ("strategies.paid_by_strategy", show.money(found.paid_by_rows, currency))]
    out.difference = show.money(found.paid_by_rows - found.paid_by_people, currency, signed=True)


def _agreement(out: Told, found: Trial, run: RunRow, ground: Ground, lang: str) -> None:
    """A line for each decision of people, the frequent first; a column for each decision of the rows, what is left to people last."""
    totals: dict[str, int] = {}
    for line in found.agreement.values():
        for said, n in line.items():
            totals[said] = totals.get(said, 0) + n
    columns = sorted(totals, key=lambda c: (c == LEFT, c.startswith(REFUSED), -totals[c]))
    lines = sorted(found.agreement.items(), key=lambda item: (item[0] in (BY_CLOCK, BY_ITSELF), -sum(item[1].values())))
    url = reverse("strategies-trial-cases", args=[ground.key, run.id])
    out.columns = [command(c, lang) for c in columns]
    for people, line in lines:
        cells = []
        for said in columns:
            n = line.get(said, 0)
            label = say(lang, "strategies.cell_label", people=command(people, lang), strategy=command(said, lang), n=n)
            against = said not in (LEFT, people) and not said.startswith(REFUSED) and people not in (BY_CLOCK, BY_ITSELF)
            cells.append(Cell(n, f"{url}?{urlencode({'people': people, 'strategy': said})}", label, said == people, against))
        out.lines.append(Line(command(people, lang), cells))


def _compared(draft: Trial, now: Trial, ground: Ground, lang: str) -> list[str]:
    """What the draft would do otherwise than what is published: so many more decided, so many more against people, so much more paid."""
    pairs = (("more_decided", draft.would_decide - now.would_decide), ("more_against", draft.differ - now.differ))
    out = [say(lang, f"strategies.{key}", n=f"{n:+d}".replace("-", show.MINUS)) for key, n in pairs if n]
    if more := draft.paid_by_rows - now.paid_by_rows:
        out.append(say(lang, "strategies.more_paid", amount=show.money(more, ground.shelf.currency, signed=True)))
    return out or [say(lang, "strategies.would_change_none")]


def _notes(found: Trial, request: Any, ground: Ground) -> list[str]:
    out, lang = [], request.lang
    if found.held_back:
        out.append(say(lang, "strategies.held_back", n=found.held_back))
    if found.limited:
        out.append(say(lang, "strategies.limited", n=found.limited))
    for code, kept in sorted(found.refusals.items(), key=lambda item: -item[1]["n"]):
        said = tell(request, Refusal(code, kept["facts"], kept["field"]), ground)
        out.append(say(lang, "trials.refused", n=kept["n"], why=why_refused(code, lang), number=kept["number"], said=said))
    out.append(say(lang, "trials.as_then"))
    out += [say(lang, f"trials.today_{kind}", names=say(lang, "strategies.list").join(ground.names.fact(n) if kind == "facts" else n for n in names)) for kind, names in sorted(found.today.items()) if names]
    if found.unknown:
        names = say(lang, "strategies.list").join(ground.names.fact(code) if code in FACTS else code for code in found.unknown)
        out.append(say(lang, "strategies.unknown_facts", facts=names))
    return out

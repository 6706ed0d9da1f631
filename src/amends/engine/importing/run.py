"""One import from its files to its report: in batches, each a transaction with its figures and its refused rows, so that it can be killed and go on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from amends.core.orders import CONFIRM_AFTER_DAYS, Order
from amends.core.refusal import Refusal
from amends.engine.ids import new_id, new_ids
from amends.engine.importing.fields import NoColumn
from amends.engine.importing.mapping import Mapping
from amends.engine.importing.records import Reading, Seller, Taken, Wrong
from amends.engine.importing.source import Source, Unreadable
from amends.engine.orders import BATCH, in_peace, settle
from amends.store import imports, order_copy, orders, shops
from amends.store.connect import PLATFORM, Pool, Whose, scope

PLATFORM_ID = str(UUID(int=0))
_PER_FILE = 1000
_FIRST = 1000
_LOOK_AFTER = 250_000


@dataclass(slots=True)
class Job:
    """What to do. `merchant_id` None: the mapping says whose each order is, and the import is the platform's own."""

    plan: Mapping
    sources: Sequence[Source]
    import_id: str
    claim: str
    merchant_id: str | None = None
    dry_run: bool = False
    with_skus: bool = True
    skip: int = 0
    batch: int = BATCH

    @property
    def owner(self) -> str:
        """Whose row in `imports` this is."""
        return self.merchant_id or PLATFORM_ID

    @property
    def whose(self) -> Whose:
        """The scope it writes in."""
        return UUID(self.merchant_id) if self.merchant_id else PLATFORM


@dataclass(slots=True)
class Report:
    """What came of it; `rows` counts rows of the files, the others orders. `trouble` when nothing could be read at all."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    trouble: Refusal | None = None


Watch = Callable[[Report], None]


@dataclass(slots=True)
class _Run:
    """What a run remembers: merchants already known, numbers and payment references already seen in these files, one merchant's SKUs that are among the goods."""

    job: Job
    now: datetime
    shops: dict[str, shops.Shop] = field(default_factory=dict)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    refs: dict[tuple[str, str, str], str] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)


def start(pool: Pool, job: Job, now: datetime, mapping: dict[str, object], started_by: str | None = None) -> None:
    """Enter the import so that it can be watched; `perform` does it."""
    with scope(pool, job.whose) as conn:
        imports.begin(conn, job.owner, job.import_id, ", ".join(s.name for s in job.sources)[:400], mapping, now,
                      dry_run=job.dry_run, started_by=started_by, claim=job.claim)


def unfit(plan: Mapping, sources: Sequence[Source], merchant_id: str | None) -> Refusal | None:
    """Why these files cannot be read by this mapping at all; None when rows will come."""
    if merchant_id is None and plan.merchant is None:
        return Refusal("merchant_needed", {}, "merchant")
    if merchant_id is not None and plan.merchant is not None:
        return Refusal("merchant_in_file", {"mapping": plan.name}, "merchant")
    try:
        Reading(plan, sources)
    except (Unreadable, NoColumn) as trouble:
        return trouble.refusal
    return None


def perform(pool: Pool, job: Job, now: datetime, watch: Watch | None = None) -> Report:
    """Do the whole import and end it. Raises imports.Lost when another worker took it over; business trouble is in the report."""
    report = Report()
    try:
        reading = Reading(job.plan, job.sources)
        with _seldom_looked_through():
            _all(pool, _Run(job, now), reading, report, watch)
    except (Unreadable, NoColumn) as trouble:
        report.trouble = trouble.refusal
    with scope(pool, job.whose) as conn:
        told = (report.trouble.say("zh"), report.trouble.say("en")) if report.trouble else None
        imports.finish(conn, job.owner, job.import_id, now, told)
    return report


@contextmanager
def _seldom_looked_through() -> Iterator[None]:
    """A batch makes very many small things and no rings of them: while one is read, Python looks for rings as seldom as in the worker. A quarter of an import was this looking."""
    before = gc.get_threshold()
    if before[0] < _LOOK_AFTER:
        gc.set_threshold(_LOOK_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _all(pool: Pool, run: _Run, reading: Reading, report: Report, watch: Watch | None) -> None:
    job, stream = run.job, iter(reading)
    if job.merchant_id is not None:
        with scope(pool, job.whose) as conn:
            shop = shops.shop(conn, job.merchant_id)
        if shop is None:
            raise Unreadable(Refusal("merchant_unknown", {"name": job.merchant_id}, "merchant"))
        run.shops[""] = shop
    _pass_over(run, stream)
    joined = 0 if job.skip else reading.joined_rows
    with ThreadPoolExecutor(1, "import") as writer:  # the next batch is read, judged and written out while this one is brought in
        pending: Future[imports.Progress] | None = None
        for batch in _batches(stream, job.batch):
            judged = None if job.merchant_id is None else _judge(run, batch)
            if judged:
                run.seen |= judged.fresh
            if pending:
                _add(report, pending.result(), watch)
            pending = writer.submit(in_peace, partial(_one, pool, run, batch, joined, judged))
            joined = 0
        if pending:
            _add(report, pending.result(), watch)


def _add(report: Report, step: imports.Progress, watch: Watch | None) -> None:
    report.rows += step.rows
    report.new += step.new
    report.changed += step.changed
    report.unchanged += step.unchanged
    report.refused += step.refused
    if watch:
        watch(report)


def _batches(stream: Iterator[Taken], size: int) -> Iterator[list[Taken]]:
    """The first is small, for nothing is written while it is read."""
    if batch := list(islice(stream, min(size, _FIRST))):
        yield batch
    while batch := list(islice(stream, size)):
        yield batch


def _pass_over(run: _Run, stream: Iterator[Taken]) -> None:
    """What an earlier, killed run has done is not done again, only remembered."""
    for taken in islice(stream, run.job.skip):
        for source, order in _orders(taken):
            run.seen.setdefault((source, order.number), taken.line)


def _orders(taken: Taken) -> list[tuple[str, Order]]:
    if taken.parts:
        return [(seller.source, order) for seller, order in taken.parts]
    return [("", taken.order)] if taken.order is not None else []


@dataclass(slots=True)
class _Judged:
    """What a batch says by itself: orders that can be compared, where each came from, what is wrong with the others, which numbers it brings."""

    staged: order_copy.Staged
    whence: list[Taken]
    wrong: list[Wrong]
    refused: int
    fresh: dict[tuple[str, str], int]


def _judge(run: _Run, batch: list[Taken]) -> _Judged:
    wrong: list[Wrong] = []
    good: list[tuple[str, Order]] = []
    whence: list[Taken] = []
    refused = 0
    if not run.job.dry_run:
        run.refs.clear()
    fresh: dict[tuple[str, str], int] = {}
    for taken in batch:
        found = [] if taken.wrong else _orders(taken)
        refusals = taken.wrong or [w for source, order in found for w in _twice(run, fresh, taken, source, order)]
        if refusals:
            wrong += refusals
            refused += 1
            continue
        for source, order in found:
            fresh[source, order.number] = taken.line
            shop = run.shops[source]
            for p in order.payments:
                run.refs[shop.id, p.provider, p.ref] = order.number
            good.append((shop.id, settle(order, shop, run.now)))
            whence.append(taken)
    return _Judged(order_copy.stage(good, new_ids), whence, wrong, refused, fresh)


def _one(pool: Pool, run: _Run, batch: list[Taken], joined: int, ready: _Judged | None) -> imports.Progress:
    """One transaction: the orders, the figures, the refused rows. A batch that names its sellers is judged in it, for they are opened in it."""
    job = run.job
    step = imports.Progress(rows=joined + sum(t.rows for t in batch), orders=len(batch))
    with scope(pool, job.whose) as conn:
        if ready is None:
            _find_sellers(conn, run, batch)
        judged = ready or _judge(run, batch)
        done = orders.bring(conn, judged.staged, dry_run=job.dry_run, with_skus=job.with_skus, skus=run.skus)
        wrong = judged.wrong + [Wrong(judged.whence[nr].line, refusal, judged.whence[nr].raw) for nr, refusal in done.refused]
        step.new, step.changed, step.unchanged = done.new, done.changed, done.unchanged
        step.refused = judged.refused + len({nr for nr, _ in done.refused})
        step.wrong = _rows(wrong)
        imports.note(conn, job.owner, job.import_id, job.claim, step)
    if ready is None:
        run.seen |= judged.fresh
    elif not job.dry_run and job.with_skus and done.new + done.changed == len(judged.whence):
        run.skus |= judged.staged.skus  # all of them were entered, or there already
    return step


def _twice(run: _Run, fresh: dict[tuple[str, str], int], taken: Taken, source: str, order: Order) -> list[Wrong]:
    """A number or a payment that an earlier row of these files already brought."""
    line = run.seen.get((source, order.number)) or fresh.get((source, order.number))
    if line:
        return [Wrong(taken.line, Refusal("order_twice", {"number": order.number, "line": line}, "number"), taken.raw)]
    shop = run.shops[source].id
    for p in order.payments:
        if (other := run.refs.get((shop, p.provider, p.ref))) is not None and other != order.number:
            return [Wrong(taken.line, Refusal("payment_elsewhere", {"number": other}, "payments"), taken.raw)]
    return []


def _find_sellers(conn: object, run: _Run, batch: list[Taken]) -> None:
    """The merchants of a batch by their source's mark; new ones are opened, in a dry run only imagined."""
    wanted: dict[str, Seller] = {s.source: s for t in batch for s, _ in t.parts if s.source not in run.shops}
    if not wanted:
        return
    plan = run.job.plan
    found = shops.by_source(conn, list(wanted))  # type: ignore[arg-type]
    missing = [s for source, s in wanted.items() if source not in found]
    ids = {s.source: new_id() for s in missing}
    if missing and not run.job.dry_run:
        rows = [(ids[s.source], s.source, s.name, s.pack, s.fulfilment_mode) for s in missing]
        shops.open_for_sources(conn, rows, plan.currency, plan.zone.key)  # type: ignore[arg-type]
        found = shops.by_source(conn, list(wanted))  # type: ignore[arg-type]
    for s in missing if run.job.dry_run else ():
        found[s.source] = shops.Shop(ids[s.source], s.fulfilment_mode, plan.currency, CONFIRM_AFTER_DAYS)
    run.shops |= found


def _rows(wrong: Sequence[Wrong]) -> list[imports.RefusedRow]:
    count: dict[tuple[int, int], int] = {}
    rows = []
    for w in wrong:
        nth = count[w.file, w.line] = count.get((w.file, w.line), 0) + 1
        rows.append(imports.RefusedRow(w.line, w.refusal.code, w.refusal.field or "", w.refusal.say("zh"), w.refusal.say("en"), w.raw[:20_000],
                                       w.file * _PER_FILE + nth))
    return rows

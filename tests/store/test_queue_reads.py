"""The queue's reads: order, paging without gaps or repeats, filters, counts, the next case, and that an index delivers a page (UI-1, UI-1a, SO-9)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import psycopg
import pytest
from psycopg.types.json import Jsonb

from amends.engine import nextcase, presence
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens import counts, queue
from amends.store.screens.queue_filter import QUEUES, QueueFilter
from amends.store.screens.queue_row import QueueRow

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MILL, KILN = UUID(int=101), UUID(int=102)
XIA, HAI = UUID(int=201), UUID(int=202)
NS = UUID(int=7)
STATES = ("reviewing", "in_transit", "awaiting_return", "processing", "fulfilling", "awaiting_buyer", "confirming", "completed", "rejected")
MANY = 600
ENDED = QUEUES["all"].final()
NAMES = [name for name, of in QUEUES.items() if of.kind == "service_order"]


def case_id(n: int) -> UUID:
    return uuid5(NS, str(n))


def rows() -> list[tuple[object, ...]]:
    """A year of cases: every state, some paused, some signed for, some claimed, many due at the same instant."""
    out: list[tuple[object, ...]] = []
    for n in range(MANY):
        state = STATES[n % len(STATES)]
        ended = state in ENDED
        due = None if ended or n % 17 == 0 else NOW + timedelta(minutes=(n * 37) % 4000 - 200)
        facts = {"title": f"保温杯 {n % 10}", "description": "杯盖 100% 漏水", "line_paid": 1000 + n * 10, "line_quantity": 2, "photos": ["a"] * (n % 3)}
        out.append((
            MILL, case_id(n), f"S-2026-{n:06d}", state, None if ended else "merchant", due, NOW - timedelta(hours=n), NOW - timedelta(minutes=n) if ended else None,
            ("return", "exchange")[n % 2], "quality_leak" if n % 5 else "no_reason", f"CUP-{n % 7}", f"b{n % 40}",
            HAI if n % 11 == 0 else XIA if n % 13 == 0 else None, "open" if n % 19 == 0 else None,
            "signed" if state == "in_transit" and n % 4 == 0 else None, Jsonb(facts),
        ))
    return out


@pytest.fixture(scope="module", autouse=True)
def cases(pool: Pool) -> None:
    for merchant, name in ((MILL, "磨坊"), (KILN, "窑")):
        with scope(pool, PLATFORM) as conn:
            conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')", (merchant, name))
    with scope(pool, MILL) as conn, conn.cursor() as cursor:
        cursor.executemany(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, due_at, opened_at, closed_at, currency, quantity, type, expectation, reason, sku, buyer_id, "
            "assignee, alert, parcel_state, facts) values (%s, %s, 'service_order', %s, %s, %s, %s, %s, %s, 'CNY', 1, %s, 'return', %s, %s, %s, %s, %s, %s, %s)",
            rows(),
        )
        conn.execute("insert into orders (merchant_id, id, number, state, buyer_id, fulfilment_mode, currency, receiver, phone, placed_at) "
                     "values (%s, %s, 'JD77', 'received', 'b0', 'SOP', 'CNY', '周小满', '13800001234', %s)", (MILL, case_id(-1), NOW))
        conn.execute("update cases set order_id = %s where merchant_id = %s and id = %s", (case_id(-1), MILL, case_id(0)))
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, due_at, opened_at) values (%s, %s, 'dispute', 'D-2026-000001', 'reviewing', 'merchant', %s, %s)",
            (MILL, case_id(-2), NOW, NOW),
        )


def through(pool: Pool, name: str, want: QueueFilter, size: int = 17) -> list[QueueRow]:
    """All rows of a queue, page after page."""
    found: list[QueueRow] = []
    after = ""
    for _ in range(MANY):
        page = queue.page(pool, MILL, name, want, NOW, after, size)
        found += page.rows
        after = page.after
        if not after:
            return found
    raise AssertionError("the pages never end")


def expected(name: str) -> set[str]:
    states = QUEUES[name].states
    return {str(r[1]) for r in rows() if (r[3] in states if states else name == "all" or r[3] in ENDED)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("want", [QueueFilter(), QueueFilter(down=True), QueueFilter(sort="opened"), QueueFilter(sort="amount", down=True), QueueFilter(sort="number")])
def test_pages_show_every_case_of_a_queue_once(pool: Pool, name: str, want: QueueFilter) -> None:
    found = [row.id for row in through(pool, name, want)]
    assert Counter(found) == Counter(expected(name))


def test_the_earliest_deadline_comes_first_and_paused_cases_last(pool: Pool) -> None:
    due = [row.due_at for row in through(pool, "processing", QueueFilter())]
    known = [d for d in due if d is not None]
    assert known == sorted(known)
    assert None in due
    assert due == [*known, *[None] * (len(due) - len(known))]


def test_signed_parcels_come_before_all_others_in_receipt(pool: Pool) -> None:
    signed = [row.parcel_state == "signed" for row in through(pool, "receipt", QueueFilter())]
    assert any(signed)
    assert signed == sorted(signed, reverse=True)


@pytest.mark.parametrize(
    ("want", "fits"),
    [
        (QueueFilter(types=("exchange",)), lambda r: r.type == "exchange"),
        (QueueFilter(reasons=("no_reason",)), lambda r: r.reason == "no_reason"),
        (QueueFilter(person=str(XIA)), lambda r: r.assignee == str(XIA)),
        (QueueFilter(nobody=True), lambda r: r.assignee is None),
        (QueueFilter(alert=True), lambda r: r.alert is not None),
        (QueueFilter(due="late"), lambda r: r.due_at is not None and r.due_at <= NOW),
        (QueueFilter(due="soon"), lambda r: r.due_at is not None and NOW < r.due_at <= NOW + timedelta(hours=4)),
        (QueueFilter(amount_from=2000, amount_to=3000), lambda r: 2000 <= r.amount <= 3000),
        (QueueFilter(opened_from=NOW - timedelta(days=3)), lambda r: r.opened_at >= NOW - timedelta(days=3)),
        (QueueFilter(sku="CUP-3"), lambda r: r.sku == "CUP-3"),
        (QueueFilter(buyer="b9"), lambda r: r.buyer_id == "b9"),
        (QueueFilter(text="s-2026-000009"), lambda r: r.number == "S-2026-000009"),
        (QueueFilter(text="保温杯 3"), lambda r: r.title == "保温杯 3"),
    ],
)
def test_a_filter_keeps_exactly_what_fits_and_the_count_agrees(pool: Pool, want: QueueFilter, fits: object) -> None:
    whole = through(pool, "all", QueueFilter())
    right = {row.id for row in whole if fits(row)}  # type: ignore[operator]
    found = through(pool, "all", want)
    assert right
    assert {row.id for row in found} == right
    with scope(pool, MILL) as conn:
        tally = queue.count(conn, MILL, "all", want, NOW)
    assert (tally.n, tally.more) == (len(right), False)


def test_percent_and_underscore_in_a_search_are_taken_literally(pool: Pool) -> None:
    assert len(through(pool, "review", QueueFilter(text="100% 漏水"))) > 0
    assert through(pool, "review", QueueFilter(text="1%水")) == []
    assert through(pool, "review", QueueFilter(text="杯_漏水")) == []


def test_an_order_number_finds_its_cases_with_the_buyer_and_the_amount_of_the_share(pool: Pool) -> None:
    (row,) = through(pool, "review", QueueFilter(order="JD77"))
    assert (row.id, row.order_number, row.receiver, row.amount) == (str(case_id(0)), "JD77", "周小满", 500)


def test_a_broken_cursor_begins_at_the_beginning(pool: Pool) -> None:
    first = [r.id for r in queue.page(pool, MILL, "review", QueueFilter(), NOW).rows]
    for cursor in ("x", "[]", "[1,2]", '{"a":1}', "null", '["a",null,"b"]', '[1,"not an instant","00000000-0000-0000-0000-000000000000"]'):
        assert [r.id for r in queue.page(pool, MILL, "review", QueueFilter(), NOW, cursor).rows] == first


@pytest.mark.parametrize("typed", ["reviewing' or true --", "reviewing'", "%(now)s", "nowhere"])
def test_what_is_typed_as_a_state_is_a_value_and_never_a_part_of_the_statement(pool: Pool, typed: str) -> None:
    for name in ("all", "review", "done"):
        want = QueueFilter(states=(typed,))
        assert queue.page(pool, MILL, name, want, NOW).rows == []
        with scope(pool, MILL) as conn:
            assert queue.count(conn, MILL, name, want, NOW).n == 0
            assert queue.first_ids(conn, MILL, name, want, NOW, 5) == []


def test_the_longest_names_an_order_may_have_fit_into_the_index(pool: Pool) -> None:
    """An entry of an index has its limit: buyers stand in one, with 128 characters of four bytes each (core/order_fields.py)."""
    sku, buyer = ("".join(chr(0x20000 + n * 37 + first) for n in range(128)) for first in (1, 2))
    with scope(pool, KILN) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, due_at, opened_at, type, expectation, reason, sku, buyer_id) "
            "values (%s, %s, 'service_order', 'S-2026-900000', 'processing', 'merchant', %s, %s, %s, %s, %s, %s, %s)", (KILN, case_id(-9), NOW, NOW, "t" * 64, "e" * 64, "r" * 128, sku, buyer),
        )
    assert [r.id for r in queue.page(pool, KILN, "processing", QueueFilter(sku=sku, buyer=buyer), NOW).rows] == [str(case_id(-9))]
    with scope(pool, KILN) as conn:
        conn.execute("delete from cases where merchant_id = %s and id = %s", (KILN, case_id(-9)))


def test_another_merchant_sees_nothing(pool: Pool) -> None:
    assert queue.page(pool, KILN, "all", QueueFilter(), NOW).rows == []


def test_a_page_leaves_no_merchant_behind_on_its_connection(pool: Pool) -> None:
    """A page is read without a transaction of its own name: what it set for the wall must have ended with it."""
    for whose, some in ((MILL, True), (KILN, False), (MILL, True)):
        assert bool(queue.page(pool, whose, "review", QueueFilter(), NOW).rows) is some
        with pool.connection() as conn:
            assert conn.execute("select coalesce(current_setting('amends.merchant', true), ''), (select count(*) from cases)").fetchone() == ("", 0)
            assert conn.execute("show plan_cache_mode").fetchone() == ("auto",)


def test_two_people_read_the_same_list_at_once_and_each_sees_what_is_there(pool: Pool) -> None:
    """One takes cases on while the other turns pages: nothing is shown twice, nothing that nobody touched is missed."""
    whole = [r.id for r in through(pool, "review", QueueFilter(), 10)]
    first = queue.page(pool, MILL, "review", QueueFilter(), NOW, size=10)
    with scope(pool, MILL) as other:
        other.execute("update cases set state = 'processing' where merchant_id = %s and id = any(%s::uuid[])", (MILL, [first.rows[3].id, whole[12]]))
        during = queue.page(pool, MILL, "review", QueueFilter(), NOW, first.after, 10)
        assert [r.id for r in during.rows] == whole[10:20], "what is not yet written is not seen, and nobody waits for it"
    after = queue.page(pool, MILL, "review", QueueFilter(), NOW, first.after, 10)
    assert [r.id for r in after.rows] == [i for i in whole[10:21] if i != whole[12]]
    with scope(pool, MILL) as conn:
        conn.execute("update cases set state = 'reviewing' where merchant_id = %s and id = any(%s::uuid[])", (MILL, [first.rows[3].id, whole[12]]))


def test_counts_agree_with_the_lists(pool: Pool) -> None:
    found = counts.counts(pool, MILL, NOW, ("review", "receipt", "processing", "waiting", "all"))
    for name in ("review", "receipt", "processing", "waiting"):
        whole = through(pool, name, QueueFilter())
        due = [r.due_at for r in whole if r.due_at]
        assert found[name].total == len(whole)
        assert found[name].late == sum(d <= NOW for d in due)
        assert found[name].urgent == sum(NOW < d <= NOW + timedelta(hours=1) for d in due)
        assert found[name].soon == sum(NOW < d <= NOW + timedelta(hours=4) for d in due)
    assert "all" not in found


def test_a_filter_survives_being_kept(pool: Pool) -> None:
    want = QueueFilter(states=("reviewing",), person=str(XIA), amount_from=5, opened_from=NOW, text="杯", sort="amount", down=True)
    assert QueueFilter.from_json(want.to_json()) == want
    assert QueueFilter.from_json({"gone": 1}) == QueueFilter()
    assert QueueFilter().to_json() == {}


def test_the_next_case_is_the_earliest_that_is_nobody_elses(pool: Pool) -> None:
    free = [r for r in through(pool, "review", QueueFilter()) if r.assignee in (None, str(XIA))]
    first, second, third = (r.id for r in free[:3])
    ask = lambda after, now=NOW: nextcase.next_case(pool, str(MILL), "review", QueueFilter(), str(XIA), after, now)  # noqa: E731
    assert ask(None) == first
    assert ask(first) == second, "passed over, not decided: the one after it"
    assert ask(free[-1].id) == first, "after the last the first again"
    presence.look(pool, str(MILL), first, str(HAI), "阿海", "typing", NOW)
    presence.look(pool, str(MILL), second, str(XIA), "知夏", "typing", NOW)
    presence.look(pool, str(MILL), second, str(HAI), "阿海", "looking", NOW)
    assert ask(None) == third, "somebody types at the first and looks at the second"
    assert [w.name for w in presence.who(pool, str(MILL), [second], NOW, but=str(XIA))[second]] == ["阿海"]
    assert ask(None, NOW + timedelta(minutes=5)) == first, "presence is worth nothing after a minute"
    presence.leave(pool, str(MILL), first, str(HAI))
    assert ask(None) == first


def test_what_has_been_decided_leaves_the_queue_and_the_first_comes(pool: Pool) -> None:
    gone = str(case_id(MANY - 2))
    free = [r.id for r in through(pool, "review", QueueFilter()) if r.assignee in (None, str(XIA))]
    assert gone not in free
    assert nextcase.next_case(pool, str(MILL), "review", QueueFilter(), str(XIA), gone, NOW) == free[0]
    assert nextcase.next_case(pool, str(KILN), "review", QueueFilter(), str(XIA), None, NOW) is None


@pytest.fixture(scope="module")
def crowd(database_url: str) -> None:
    """Ten thousand more, so that the planner has a reason to choose."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, due_at, opened_at) select %s, gen_random_uuid(), 'service_order', 'S-2025-'||lpad(g::text, 6, '0'), "
            "'reviewing', 'merchant', case when g %% 50 > 0 then %s::timestamptz + g * interval '1 minute' end, %s from generate_series(1, 10000) g",
            (KILN, NOW, NOW),
        )
        conn.execute("analyze cases")


@pytest.mark.parametrize("name", ["review", "receipt", "processing", "waiting"])
def test_a_page_reads_about_as_many_rows_as_it_shows(pool: Pool, crowd: None, name: str) -> None:
    with scope(pool, KILN) as conn:
        plan = queue.explain(conn, KILN, name, QueueFilter(), NOW)
    touched = [node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) for node in nodes(plan) if node.get("Relation Name") == "cases"]
    assert max(touched) <= 2 * (queue.PAGE + 1)


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    inner = [node for child in plan.get("Plans", []) for node in nodes(child)]  # type: ignore[attr-defined]
    return [plan, *inner]


def test_a_count_stops_where_more_would_not_be_read(pool: Pool, crowd: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with scope(pool, KILN) as conn:
        whole = queue.count(conn, KILN, "review", QueueFilter(), NOW)
        monkeypatch.setattr(queue, "WINDOW", 500)
        rare = queue.count(conn, KILN, "review", QueueFilter(text="没有"), NOW)
    assert (whole.n, whole.more) == (1000, True)
    assert (rare.n, rare.more) == (0, True)

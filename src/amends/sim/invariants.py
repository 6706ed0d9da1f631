"""The invariants of OP-8 looked at in the database itself, for one merchant, after every step; each answers in words what does not hold."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from amends.core.cases import TABLES
from amends.sim.fold import Folded, clocks_of, effects_due, stock_moved
from amends.sim.invariants_cancel import CANCELLED, granted_after_receipt, received
from amends.sim.invariants_ledger import LEDGER
from amends.sim.invariants_quarrels import QUARRELS, people
from amends.sim.invariants_stock import HOLDS
from amends.sim.market import Shop
from amends.sim.rules import PAYING
from amends.store.connect import PLATFORM, Pool, scope

_M = "%(m)s"
WRONG: dict[str, str] = {
    **LEDGER,
    "order_money": f"""
      select 'order ' || o.number || ': its refunds add up to ' || coalesce(g.sum, 0) || ', it says ' || o.refunded_minor || ' of ' || o.paid_minor from orders o
      left join (select order_id, sum(amount_minor)::bigint as sum from granted_refunds where merchant_id = {_M} and reversed_at is null group by 1) g on g.order_id = o.id
      where o.merchant_id = {_M} and (coalesce(g.sum, 0) <> o.refunded_minor or o.refunded_minor > o.paid_minor)""",
    "line_money": f"""
      select 'line ' || l.id || ': its refunds add up to ' || coalesce(g.sum, 0) || ' for ' || coalesce(g.pieces, 0) || ', it says ' || l.refunded_minor || ' of ' || l.paid_minor from order_lines l
      left join (select order_id, line_id, sum(amount_minor)::bigint as sum, sum(quantity)::int as pieces from granted_refunds where merchant_id = {_M} and reversed_at is null group by 1, 2) g
        on g.order_id = l.order_id and g.line_id = l.id
      where l.merchant_id = {_M} and (coalesce(g.sum, 0) <> l.refunded_minor or l.refunded_minor > l.paid_minor or coalesce(g.pieces, 0) > l.quantity)""",
    "case_money": f"""
      select c.number || ': granted ' || c.granted_minor || ', its refunds add up to ' || coalesce(g.sum, 0) || ', moved ' || c.moved_minor from cases c
      left join (select case_id, sum(amount_minor)::bigint as sum from granted_refunds where merchant_id = {_M} and reversed_at is null group by 1) g on g.case_id = c.id
      where c.merchant_id = {_M} and (coalesce(g.sum, 0) <> c.granted_minor or c.moved_minor > c.granted_minor)""",
    "requests": f"""
      with r as (select case_id, coalesce(sum(amount_minor) filter (where state in ('requested', 'failed')), 0)::bigint as open, coalesce(sum(amount_minor) filter (where state = 'moved'), 0)::bigint as moved
                 from refund_requests where merchant_id = {_M} group by 1),
      p as (select distinct case_id from outbox where merchant_id = {_M} and effect in ('pay_refund', 'return_difference') and done_at is null)
      select c.number || ': granted ' || c.granted_minor || ', moved ' || c.moved_minor || ', reversed after moving ' || coalesce(c.facts ->> 'moved_reversed', '0')
        || '; its requests: ' || coalesce(r.open, 0) || ' open, ' || coalesce(r.moved, 0) || ' moved' from cases c
      left join r on r.case_id = c.id left join p on p.case_id = c.id
      where c.merchant_id = {_M} and (coalesce(r.moved, 0) <> c.moved_minor + coalesce((c.facts ->> 'moved_reversed')::bigint, 0) + coalesce((c.facts ->> 'paid_back')::bigint, 0)
        or c.moved_minor + coalesce(r.open, 0) > c.granted_minor or (p.case_id is null and c.moved_minor + coalesce(r.open, 0) <> c.granted_minor))""",
    "payments": f"""
      select 'payment ' || p.provider_ref || ': ' || coalesce(r.sum, 0) || ' asked back of ' || p.amount_minor || ', ' || coalesce(r.moved, 0) || ' moved, it says ' || p.refunded_minor from payments p
      left join (select payment_id, sum(amount_minor)::bigint as sum, sum(amount_minor) filter (where state = 'moved')::bigint as moved from refund_requests
                 where merchant_id = {_M} and state in ('requested', 'failed', 'moved') group by 1) r on r.payment_id = p.id
      where p.merchant_id = {_M} and (coalesce(r.sum, 0) > p.amount_minor or coalesce(r.moved, 0) <> p.refunded_minor)""",
    "asked_once": f"""
      select 'refund asked for twice: ' || payment_id || ' ' || split_part(key, '.', 2) from refund_requests where merchant_id = {_M}
      group by payment_id, split_part(key, '.', 2) having count(*) > 1""",
    "told_once": f"""
      select c.number || ': ' || n.reader || ' was told ' || n.event || ' ' || count(*) || ' times' from notices n join cases c on c.merchant_id = {_M} and c.id = n.case_id
      where n.merchant_id = {_M} group by c.number, n.reader, n.event, n.body having count(*) > 1""",
    "told": f"""
      select c.number || ': ' || r.reader || ' was never told ' || (o.body ->> 'event') from outbox o join cases c on c.merchant_id = {_M} and c.id = o.case_id
      join (values ('tell_buyer', 'buyer'), ('tell_merchant', 'merchant'), ('tell_both', 'buyer'), ('tell_both', 'merchant'), ('tell_platform', 'platform')) r (effect, reader) on r.effect = o.effect
      left join notices n on n.merchant_id = {_M} and n.id = md5(o.id::text || r.reader)::uuid where o.merchant_id = {_M} and o.done_at is not null and n.id is null
        and not (r.reader = 'buyer' and c.kind = 'ticket' and c.facts ->> 'other_side' <> 'buyer')""",
    "asked_to_rate": f"""
      select c.number || ': completed and not rated, and the buyer was never ' || case o.effect when 'ask_to_rate' then 'asked to rate' else 'reminded to' end
      from outbox o join cases c on c.merchant_id = {_M} and c.id = o.case_id
      left join notices n on n.merchant_id = {_M} and n.case_id = c.id and n.reader = 'buyer' and n.event = o.body ->> 'event'
      where o.merchant_id = {_M} and o.effect in ('ask_to_rate', 'remind_to_rate') and o.done_at is not null and n.id is null and (o.body ->> 'version')::int = c.version and coalesce(c.facts ->> 'rating', '') = ''""",
    "dead": f"select 'an effect died: ' || effect || ' ' || coalesce(last_error, '') from outbox where merchant_id = {_M} and (dead_at is not null or (attempts > 1 and not outside))",
    "forgotten": f"""
      select c.number || ': open in ' || c.state || ', with neither a clock nor anybody waited for' from cases c
      where c.merchant_id = {_M} and c.closed_at is null and c.waits_on is null and not exists (select 1 from clocks k where k.merchant_id = {_M} and k.case_id = c.id)""",
    "stray_clocks": f"""
      select 'a clock runs without an open case: ' || k.name from clocks k left join cases c on c.merchant_id = {_M} and c.id = k.case_id
      where k.merchant_id = {_M} and (c.id is null or c.closed_at is not null or k.due_at is distinct from c.due_at)""",
    "stock": f"select 'stock of ' || sku || ' is ' || on_hand || ', held ' || held from stock where merchant_id = {_M} and (on_hand < 0 or held < 0 or held > on_hand or quarantine < 0 or scrapped < 0)",
    "silence": f"""
      select c.number || ': silence paid, and the rules of ' || (c.facts ->> 'pack') || ' do not say so (SO-29)' from events e join cases c on c.merchant_id = {_M} and c.id = e.case_id
      where e.merchant_id = {_M} and e.name = 'ran_out' and c.kind = 'service_order' and e.body -> 'changes' ? 'granted'
        and not (e.explanation ->> 'rule' = 'pays_at_zero' and c.facts ->> 'pack' in ({', '.join(f"'{name}'" for name in PAYING)}))""",
    **HOLDS,
    **CANCELLED,
    **QUARRELS,
}
"""Each finds rows that must not be, one text each."""

_CASES = f"""select id::text, number, state, version, coalesce(type, '') as type, coalesce(reason, '') as reason, quantity, assignee::text, granted_minor, moved_minor, facts, closed_at is not null,
  coalesce(sku, ''), kind, order_id::text from cases where merchant_id = {_M}"""
_EVENTS = f"""select e.case_id::text, e.version, e.name, e.body, e.actor_kind, e.explanation is not null from events e
  left join unnest(%(ids)s::uuid[], %(versions)s::int[]) as k (id, version) on k.id = e.case_id where e.merchant_id = {_M} and e.version > coalesce(k.version, 0) order by e.case_id, e.version"""
_OUTBOX = f"select case_id::text, (body ->> 'version')::int, effect from outbox where merchant_id = {_M} and effect <> 'remind' and case_id = any(%(touched)s::uuid[])"
_CLOCKS = f"select case_id::text, name from clocks where merchant_id = {_M}"
_STOCK = f"select sku, sum(on_hand)::int, sum(quarantine)::int, sum(scrapped)::int from stock where merchant_id = {_M} group by sku"
_CHARGES = f"select case_id::text, id::text from charges where merchant_id = {_M} and state = 'asked'"
_HELD = f"select case_id::text, sku, quantity from holds where merchant_id = {_M} and ended_at is null"
_REQUESTS = f"select case_id::text, id::text from refund_requests where merchant_id = {_M} and state in ('requested', 'failed') and case_id is not null order by requested_at, amount_minor, id"
_PAYOUTS = f"select id::text from refund_requests where merchant_id = {_M} and state in ('requested', 'failed') and case_id is null order by requested_at, amount_minor, id"


def broken(pool: Pool, shop: Shop) -> list[str]:
    """Everything that does not hold for this merchant now. New events are folded into `shop`, so each is looked at once."""
    given: dict[str, Any] = {"m": UUID(shop.id), "ids": list(shop.folded), "versions": [f.version for f in shop.folded.values()]}
    with scope(pool, UUID(shop.id)) as conn:
        with conn.pipeline():
            wrong = [conn.execute(query, given) for query in WRONG.values()]
            cases, events, clocks, stock, requests, charges, held, payouts = (conn.execute(q, given) for q in (_CASES, _EVENTS, _CLOCKS, _STOCK, _REQUESTS, _CHARGES, _HELD, _PAYOUTS))
        fresh, rows = events.fetchall(), {r[0]: r for r in cases.fetchall()}
        outbox = conn.execute(_OUTBOX, {**given, "touched": list({e[0] for e in fresh})}).fetchall()
        known, shop.received = shop.received, received(conn, shop.id)
    shop.requests, shop.charges, shop.payouts = {}, dict(charges.fetchall()), [row[0] for row in payouts.fetchall()]
    for case, request in requests.fetchall():
        shop.requests.setdefault(case, []).append(request)
    found = [row[0] for some in wrong for row in some.fetchall()]
    found += granted_after_receipt(known, rows, fresh)
    found += _fold(shop, rows, fresh, Counter((c, v, e) for c, v, e in outbox))
    found += _compare(shop, rows)
    found += _clocks(rows, clocks.fetchall())
    found += _counts(shop, stock.fetchall())
    found += _promises(shop, held.fetchall())
    found += people(rows)
    return found


def _fold(shop: Shop, rows: dict[str, Any], fresh: list[Any], outbox: Counter[tuple[str, int, str]]) -> Iterator[str]:
    for case_id, version, name, body, actor, explained in fresh:
        row = rows.get(case_id)
        if row is None:
            yield f"event {name} of a case that is not there"
            continue
        case = shop.folded.setdefault(case_id, Folded(case_id, row[1], row[12]))
        shop.moved.update(stock_moved(case, body, shop.deduct_offline))
        due = effects_due(row[13], body, actor, {**row[10], "type": row[4], "granted_before": case.granted})
        put = Counter({effect: many for (c, v, effect), many in outbox.items() if (c, v) == (case_id, version)})
        if put != due:
            yield f"{row[1]}: {name} should have put {dict(due)} into the outbox, and put {dict(put)}"
        if actor == "system" and not explained:
            yield f"{row[1]}: {name} by the system without an explanation"
        try:
            case.take(version, body)
        except ValueError as gap:
            yield str(gap)


def _compare(shop: Shop, rows: dict[str, Any]) -> Iterator[str]:
    names = ("id", "number", "state", "version", "type", "reason", "quantity", "assignee", "granted", "moved", "facts")
    for case_id, row in rows.items():
        if case_id in shop.folded:
            yield from shop.folded[case_id].differs(dict(zip(names, row, strict=False)))
        else:
            yield f"{row[1]}: a case without events"


def _clocks(rows: dict[str, Any], clocks: list[tuple[str, str]]) -> Iterator[str]:
    running = Counter(case for case, _ in clocks)
    for case, name in clocks:
        if case in rows and name not in clocks_of(rows[case][13], rows[case][2]):
            yield f"{rows[case][1]}: the clock {name} runs in {rows[case][2]}, where it does not belong"
    for case, row in rows.items():
        state, late = TABLES[row[13]].states[row[2]], row[10].get("late", False)
        if row[11] != state.final:
            yield f"{row[1]}: in {state.name}, {'closed' if row[11] else 'not closed'}"
        silent = (row[13], state.name) == ("ticket", "awaiting_merchant")  # late with its answer, and until the transfer still waited for (TI-2)
        if running[case] != (0 if state.final or (late and not silent) else 1):
            yield f"{row[1]}: in {state.name}{' and late' if late else ''}, with {running[case]} clocks"


def _counts(shop: Shop, stock: list[tuple[str, int, int, int]]) -> Iterator[str]:
    there = {(sku, place): pieces for sku, *counts in stock for place, pieces in zip(("on_hand", "quarantine", "scrapped"), counts, strict=True)}
    for key in there.keys() | shop.moved.keys():
        due = shop.moved[key] + (shop.began_with.get(key[0], 0) if key[1] == "on_hand" else 0)
        if there.get(key, 0) != due:
            yield f"stock: {key[1]} of {key[0]} is {there.get(key, 0)}, start and moves make {due}"


def _promises(shop: Shop, held: list[tuple[str, str, int]]) -> Iterator[str]:
    """What was decided to go out is held until it does, and nothing else of that case is."""
    there: dict[str, list[tuple[str, int]]] = {}
    for case, sku, pieces in held:
        there.setdefault(case, []).append((sku, pieces))
    for folded in shop.folded.values():
        due = [] if folded.promised is None else [folded.promised]
        if folded.state in ("fulfilling", "collecting") and there.get(folded.id, []) != due:
            yield f"{folded.number}: {due} should be held, {there.get(folded.id, [])} is"


TABLES_OF_MERCHANTS = ("cases", "events", "clocks", "outbox", "commands_done", "granted_refunds", "refund_requests", "notices", "parcels", "receipts", "messages", "notes",
                       "ratings", "files", "orders", "order_lines", "payments", "stock", "holds", "stock_moves", "charges", "cancellation_lines", "addresses", "applications", "audit", "ledger_movements", "ledger_entries", "ledger_days",
                       "compensations", "compensation_days", "coupons", "evidence", "judgements", "ticket_turns")
_OF_CASES = ("cancellation_lines", "holds", "stock_moves", "charges", "events", "clocks", "outbox", "granted_refunds", "refund_requests", "notices", "parcels", "receipts", "messages", "notes", "ratings", "files", "ledger_movements", "compensations", "evidence", "judgements", "ticket_turns")


def crossed(pool: Pool, shops: list[Shop]) -> list[str]:
    """Rows that belong to one merchant and speak of another's case, and rows that one merchant sees of another."""
    found = []
    with scope(pool, PLATFORM) as conn:
        for table in _OF_CASES:
            row = conn.execute(f"select count(*) from {table} t join cases c on c.id = t.case_id where c.merchant_id <> t.merchant_id").fetchone()
            if row and row[0]:
                found.append(f"{table}: {row[0]} rows of one merchant about a case of another")
    for shop in shops:
        with scope(pool, UUID(shop.id)) as conn:
            for table in TABLES_OF_MERCHANTS:
                row = conn.execute(f"select count(*) from {table} where merchant_id <> %s", (shop.id,)).fetchone()
                if row and row[0]:
                    found.append(f"{table}: {shop.name} sees {row[0]} rows of others")
    return found

"""Invariants of disputes and tickets (OP-8, DI-4 … DI-8, TI-2 … TI-6): money, people, turns, silence and its consequence, everything once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from amends.engine.deadlines import pack_of, pack_opened_under

_M = "%(m)s"
_AWARDS = "kind = 'judgement' and state in ('granted', 'failed', 'paid')"
QUARRELS: dict[str, str] = {
    "awards": f"""
      select c.number || ': awards of ' || coalesce(k.sum, 0) || ' stand, it says ' || coalesce(w.sum, 0) from cases c
      left join (select case_id, sum(amount_minor)::bigint as sum from compensations where merchant_id = {_M} and {_AWARDS} group by 1) k on k.case_id = c.id
      left join lateral (select case c.kind when 'ticket' then coalesce((c.facts ->> 'compensated')::bigint, 0)
        else coalesce((select sum((a ->> 'amount')::bigint) from jsonb_array_elements(case jsonb_typeof(c.facts -> 'awards') when 'array' then c.facts -> 'awards' else '[]' end) a), 0) end as sum) w on true
      where c.merchant_id = {_M} and c.kind in ('dispute', 'ticket') and coalesce(k.sum, 0) <> coalesce(w.sum, 0)""",
    "payouts": f"""
      select 'compensation ' || k.number || ' is ' || k.state || ', its payouts: ' || coalesce(r.states, 'none') from compensations k
      left join (select compensation_id, string_agg(state, ' ') as states from refund_requests where merchant_id = {_M} and compensation_id is not null group by 1) r on r.compensation_id = k.id
      where k.merchant_id = {_M} and k.kind = 'judgement' and case k.state when 'granted' then r.states <> 'requested' when 'dropped' then r.states <> 'cancelled' when 'failed' then r.states <> 'failed'
        else coalesce(r.states, 'moved') <> 'moved' end""",
    "judgements": f"""
      select c.number || ': ' || coalesce(j.n, 0) || ' judgements count, it says ' || coalesce(jsonb_array_length(nullif(c.facts -> 'judgements', 'null')), 0) || ' and ' || coalesce(c.facts #>> '{{judgement,n}}', 'none') || ' stands' from cases c
      left join (select case_id, count(*) as n, count(*) filter (where replaced_at is null) as standing, max(n) filter (where replaced_at is null) as last from judgements where merchant_id = {_M} group by 1) j on j.case_id = c.id
      where c.merchant_id = {_M} and c.kind = 'dispute' and (coalesce(j.n, 0) <> coalesce(jsonb_array_length(nullif(c.facts -> 'judgements', 'null')), 0)
        or coalesce(j.standing, 0) > 1 or coalesce(j.last, 0)::text <> coalesce(c.facts #>> '{{judgement,n}}', '0'))""",
    "evidence": f"""
      select c.number || ': ' || coalesce(e.n, 0) || ' files are filed, it says ' || coalesce(c.facts ->> 'filed', 'none') from cases c
      left join (select case_id, count(*) as n from evidence where merchant_id = {_M} group by 1) e on e.case_id = c.id
      left join lateral (select sum(value::int) as n from jsonb_each_text(case jsonb_typeof(c.facts -> 'filed') when 'object' then c.facts -> 'filed' else '{{}}' end)) f on true
      where c.merchant_id = {_M} and c.kind = 'dispute' and coalesce(e.n, 0) <> coalesce(f.n, 0)""",
    "turns": f"""
      select c.number || ': ' || coalesce(t.answered, 0) || ' turns answered and ' || coalesce(t.transferred, 0) || ' transferred, its events say ' || e.answered || ', it says ' || coalesce(c.facts ->> 'against_merchant', '0') from cases c
      left join (select case_id, count(*) filter (where outcome = 'answered') as answered, count(*) filter (where outcome = 'transferred') as transferred from ticket_turns where merchant_id = {_M} group by 1) t on t.case_id = c.id
      left join lateral (select count(*) as answered from events x where x.merchant_id = {_M} and x.case_id = c.id and x.name = 'ticket_replied') e on true
      where c.merchant_id = {_M} and c.kind = 'ticket' and (coalesce(t.answered, 0) <> e.answered or coalesce(t.transferred, 0) <> coalesce((c.facts ->> 'against_merchant')::int, 0))""",
    "red": f"""
      select c.number || ': in ' || c.state || ' and red at ' || coalesce(c.facts ->> 'red_at', 'never') from cases c
      where c.merchant_id = {_M} and c.kind = 'ticket' and (c.state = 'awaiting_merchant') <> (c.facts ->> 'red_at' is not null)""",
    "consent": f"""
      select c.number || ': paid in the merchant''s place before its days were over (TI-5)' from cases c
      join events p on p.merchant_id = {_M} and p.case_id = c.id and p.name in ('ticket_refunded_by_platform', 'ticket_decision_approved') and p.body ->> 'to' = 'resolved'
      where c.merchant_id = {_M} and c.kind = 'ticket' and not exists (
        select 1 from events x where x.merchant_id = {_M} and x.case_id = c.id and x.version < p.version and (x.body -> 'changes' ->> 'not_carried_out')::boolean
          and x.version > (select max(d.version) from events d where d.merchant_id = {_M} and d.case_id = c.id and d.version < p.version and jsonb_typeof(d.body -> 'changes' -> 'decision') = 'object'))""",
    "order_given": f"""
      select 'order ' || o.number || ': judgements and decisions give ' || sum(k.amount_minor) || ' beside refunds, ' || o.paid_minor || ' was paid' from orders o
      join compensations k on k.merchant_id = {_M} and k.order_id = o.id and k.kind = 'judgement' and k.state in ('granted', 'failed', 'paid') and k.reason = 'compensation'
      where o.merchant_id = {_M} group by o.id, o.number, o.paid_minor having sum(k.amount_minor) > greatest(3 * o.paid_minor, 50000)""",
    "answered_once": f"""
      select c.number || ': question ' || q.n || ' was answered ' || q.many || ' times (DI-6a)' from cases c join (
        select case_id, body -> 'input' ->> 'question' as n, count(*) as many from events where merchant_id = {_M} and name = 'question_answered' group by 1, 2 having count(*) > 1
      ) q on q.case_id = c.id where c.merchant_id = {_M}""",
    "plan_once": f"""
      select c.number || ': ' || count(*) || ' cancellations for ' || c.plans || ' plans (DI-2)' from (
        select d.id, d.number, (select count(*) from outbox x where x.merchant_id = {_M} and x.case_id = d.id and x.effect = 'carry_plan') as plans from cases d where d.merchant_id = {_M} and d.kind = 'dispute'
      ) c join cases k on k.merchant_id = {_M} and k.kind = 'cancellation' and k.facts ->> 'dispute_id' = c.id::text group by c.number, c.plans having count(*) > c.plans""",
}
"""Each finds rows that must not be, one text each; they join `sim.invariants.WRONG`. The cap of awards is that of every pack that comes with the product."""


def people(rows: Mapping[str, Any]) -> Iterator[str]:
    """Nobody judges a dispute twice, is the second person of what they wrote, or alone above the set amount. Rows as `sim.invariants` reads cases."""
    for row in rows.values():
        if row[13] == "dispute":
            yield from _judges(row[1], row[10])
        elif row[13] == "ticket":
            yield from _deciders(row[1], row[10], row[8])


def _judges(number: str, facts: dict[str, Any]) -> Iterator[str]:
    above, judged = pack_of(pack_opened_under(facts)).disputes.second_above, list(facts.get("judgements") or ())
    seen: set[str] = set()
    for one in judged:
        here = {who for who in (one["by"], one.get("second")) if who}
        if one.get("second") == one["by"]:
            yield f"{number}: judgement {one['n']} was confirmed by who made it (DI-6)"
        if here & seen:
            yield f"{number}: judgement {one['n']} was made by who had judged it before (DI-8)"
        if above and one["amount"] + one["compensation"] > above and not one.get("second"):
            yield f"{number}: judgement {one['n']} stands above {above} without a second person (DI-6)"
        seen |= here
    dismissers = list(facts.get("dismissers") or ())
    if len(set(dismissers)) != len(dismissers) or set(dismissers) & seen:
        yield f"{number}: an appeal was dismissed by who had judged before (DI-8)"


def _deciders(number: str, facts: dict[str, Any], granted: int) -> Iterator[str]:
    above, decision, paid = pack_of(pack_opened_under(facts)).disputes.second_above, facts.get("decision") or {}, facts.get("second_look") or {}
    if decision.get("second") and decision["second"] == decision["by_id"]:
        yield f"{number}: its decision was approved by who wrote it (DI-6)"
    if paid and paid["second"] in (paid["by"], decision.get("by_id")):
        yield f"{number}: the payment was approved by who asked for it or had decided it (DI-6)"
    if above and decision.get("amount", 0) > above and not decision.get("second"):
        yield f"{number}: decided {decision['amount']} without a second person (DI-6)"
    if above and max(granted, facts.get("compensated", 0)) > above and not paid:
        yield f"{number}: paid {max(granted, facts.get('compensated', 0))} in the merchant's place without a second person (DI-6)"
    if facts.get("pending") and (decision and facts["pending"]["command"] == "decide_ticket"):
        yield f"{number}: a decision waits beside the one that stands"

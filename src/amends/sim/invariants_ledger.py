"""The ledger's invariants (OP-8): it sums to zero, says of every case exactly what was granted and moved, and its balances are its entries."""

_M = "%(m)s"
LEDGER: dict[str, str] = {
    "ledger_zero": f"""
      select 'ledger: movement ' || movement_id || ' sums to ' || sum(amount_minor) || ' ' || currency from ledger_entries where merchant_id = {_M}
      group by movement_id, currency having sum(amount_minor) <> 0""",
    "ledger_whole": f"""
      select 'ledger: movement ' || coalesce(m.id, e.movement_id) || case when e.movement_id is null then ' has no entries' else ' is nowhere said' end
      from (select id from ledger_movements where merchant_id = {_M}) m full join (select distinct movement_id from ledger_entries where merchant_id = {_M}) e on e.movement_id = m.id
      where m.id is null or e.movement_id is null""",
    "ledger_balances": f"""
      select 'ledger: ' || coalesce(b.account, e.account) || ' holds ' || coalesce(b.balance_minor, 0) || ' on ' || coalesce(b.entries, 0) || ' entries, its entries sum to ' || coalesce(e.sum, 0) || ' on ' || coalesce(e.n, 0)
      from (select account, currency, balance_minor, entries from ledger_balances where merchant_id = {_M}) b
      full join (select account, currency, sum(amount_minor)::bigint as sum, count(*) as n from ledger_entries where merchant_id = {_M} group by 1, 2) e on e.account = b.account and e.currency = b.currency
      where coalesce(b.balance_minor, 0) <> coalesce(e.sum, 0) or coalesce(b.entries, 0) <> coalesce(e.n, 0)""",
    "ledger_cases": f"""
      with l as (
        select m.case_id, coalesce(sum(e.amount_minor) filter (where m.kind not in ('refund_moved', 'lightning_came_back')), 0)::bigint as granted, -coalesce(sum(e.amount_minor) filter (where m.kind in ('refund_moved', 'lightning_came_back')), 0)::bigint as moved
        from ledger_movements m join ledger_entries e on e.merchant_id = {_M} and e.movement_id = m.id
        where m.merchant_id = {_M} and m.case_id is not null and e.account = 'buyer_refund' group by 1
      )
      select c.number || ': granted ' || c.granted_minor || ', moved ' || c.moved_minor || ', the ledger says ' || coalesce(l.granted, 0) || ' and ' || coalesce(l.moved, 0)
        || ' of which ' || coalesce(c.facts ->> 'moved_reversed', '0') || ' before a reversal'
      from cases c left join l on l.case_id = c.id
      where c.merchant_id = {_M} and (coalesce(l.granted, 0) <> c.granted_minor or coalesce(l.moved, 0) <> c.moved_minor + coalesce((c.facts ->> 'moved_reversed')::bigint, 0))""",
    "ledger_requests": f"""
      select 'ledger: request ' || coalesce(r.id, l.request_id) || ' moved ' || coalesce(r.amount_minor, 0) || ', the ledger says ' || coalesce(l.amount, 0)
      from (select id, amount_minor, provider from refund_requests where merchant_id = {_M} and state = 'moved') r
      full join (
        select m.request_id, e.account, sum(e.amount_minor)::bigint as amount from ledger_movements m join ledger_entries e on e.merchant_id = {_M} and e.movement_id = m.id
        where m.merchant_id = {_M} and m.request_id is not null and e.account like 'provider:%%' group by 1, 2
      ) l on l.request_id = r.id and l.account = 'provider:' || r.provider
      where coalesce(r.amount_minor, 0) <> coalesce(l.amount, 0)""",
}
"""Each finds rows that must not be, one text each; they join `sim.invariants.WRONG`."""

-- What rows of strategies did, would have done, or were kept from. Looked at twice is written once; what was refused or only looked on before may act later.
insert into strategy_decisions (merchant_id, case_id, case_version, node, row_id, kind, table_version, outcome, command, refusal, amount_minor, buyer_id, day, at)
select %(merchant)s, r.case_id, r.case_version, x.node, x.row_id, x.on_kind, x.table_version, x.outcome, x.command, x.refusal, x.amount, r.buyer, x.day, %(now)s
from unnest(%(strategy_decided_case_id)s::uuid[], %(strategy_decided_case_version)s::int[], %(strategy_decided_buyer)s::text[], %(strategy_decided_kind)s::int[]) as r(case_id, case_version, buyer, kind)
  join jsonb_to_recordset(%(strategy_decided)s) as x(kind int, node text, row_id uuid, on_kind text, table_version int, outcome text, command text, refusal jsonb, amount bigint, day date) using (kind)
on conflict (merchant_id, case_id, case_version, node, row_id) do update set outcome = excluded.outcome, table_version = excluded.table_version, refusal = excluded.refusal,
  amount_minor = excluded.amount_minor, command = excluded.command, day = excluded.day, at = excluded.at
where strategy_decisions.outcome <> 'fired' and strategy_decisions.outcome <> excluded.outcome

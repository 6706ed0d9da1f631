-- Cases that entered a node wait to be considered; the newest entry of a case counts. Past review only tables of strategies decide, so without one there is nothing to wait for.
insert into considerations (merchant_id, case_id, node, version, due_at)
select %(merchant)s, x.case_id, x.node, x.version, %(now)s from jsonb_to_recordset(%(rows)s) as x(case_id uuid, kind text, node text, version int)
where x.node = 'review' or exists (select 1 from strategy_tables t where t.merchant_id = %(merchant)s and t.kind = x.kind and t.node = x.node and t.works)
on conflict (merchant_id, case_id) do update set node = excluded.node, version = excluded.version, due_at = excluded.due_at, attempts = 0, leased_until = null where considerations.version <= excluded.version

-- Cases that entered a node wait to be considered; the newest entry of a case counts.
insert into considerations (merchant_id, case_id, node, version, due_at)
select %(merchant)s, x.case_id, x.node, x.version, %(now)s from json_to_recordset(%(rows)s) as x(case_id uuid, node text, version int)
on conflict (merchant_id, case_id) do update set node = excluded.node, version = excluded.version, due_at = excluded.due_at, attempts = 0 where considerations.version <= excluded.version

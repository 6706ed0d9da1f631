-- New holds; one that ended in the same batch is written as it ended.
insert into holds (merchant_id, id, case_id, sku, warehouse, quantity, held_at, expires_at, ended_at, outcome, reason)
select %(merchant)s, r.id, r.case_id, r.sku, r.warehouse, r.quantity, %(now)s, r.expires_at, case when r.outcome is null then null else %(now)s::timestamptz end, r.outcome, r.reason
from json_to_recordset(%(rows)s) as r(id uuid, case_id uuid, sku text, warehouse text, quantity int, expires_at timestamptz, outcome text, reason text)

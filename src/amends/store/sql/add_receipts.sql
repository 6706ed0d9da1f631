-- 收货登记 (SO-13): what arrived, as inspected.
insert into receipts (merchant_id, id, case_id, quantity, outcome, packaging, appearance, function, accessories_complete, disposition, inspector, inspector_name, file_ids, note, at)
select %(merchant)s, x.id, x.case_id, x.quantity, x.outcome, x.packaging, x.appearance, x.function, x.accessories_complete, x.disposition, x.inspector, x.inspector_name, x.file_ids, x.note, %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, quantity int, outcome text, packaging text, appearance text, function text, accessories_complete boolean,
  disposition text, inspector uuid, inspector_name text, file_ids uuid[], note text)

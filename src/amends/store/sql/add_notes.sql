-- Staff notes that buyers never see (SO-24).
insert into notes (merchant_id, id, case_id, person_id, person_name, side, body, at)
select %(merchant)s, x.id, x.case_id, x.person_id, x.person_name, x.side, x.body, %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, person_id uuid, person_name text, side text, body text)

-- What buyer and merchant say to each other on a case (SO-24).
insert into messages (merchant_id, id, case_id, actor_kind, actor_id, actor_name, body, file_ids, at)
select %(merchant)s, x.id, x.case_id, x.actor_kind, x.actor_id, x.actor_name, x.body, x.file_ids, %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, actor_kind text, actor_id text, actor_name text, body text, file_ids uuid[])

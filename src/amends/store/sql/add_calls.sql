-- Calls for help as they came (SO-30).
insert into calls (merchant_id, id, case_id, version, side, actor_id, actor_name, cause, words, at)
select %(merchant)s, x.id, x.case_id, x.version, x.side, x.actor_id, x.actor_name, x.cause, x.words, %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, version int, side text, actor_id text, actor_name text, cause text, words text)

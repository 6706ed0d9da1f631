-- Demands beyond the rules, one mark a case (DI-11).
insert into buyer_marks (merchant_id, id, case_id, buyer_id, reason, words, actor_id, actor_name, at)
select %(merchant)s, x.id, x.case_id, x.buyer_id, x.reason, x.words, x.actor_id, x.actor_name, %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, buyer_id text, reason text, words text, actor_id text, actor_name text)
on conflict (merchant_id, case_id) do nothing

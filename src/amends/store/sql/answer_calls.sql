-- The platform's answer closes every open call of its case (SO-30).
update calls c set answered_at = %(now)s, answered_by = x.by, answered_name = x.name, answer = x.answer, dispute = x.dispute
from json_to_recordset(%(rows)s) as x(case_id uuid, by text, name text, answer text, dispute text)
where c.merchant_id = %(merchant)s and c.case_id = x.case_id and c.answered_at is null

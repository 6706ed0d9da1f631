-- The merchant's answer to a rating.
update ratings r set answer = x.answer, answered_by = x.answered_by, answered_at = %(now)s
from json_to_recordset(%(rows)s) as x(case_id uuid, answer text, answered_by uuid) where r.merchant_id = %(merchant)s and r.case_id = x.case_id

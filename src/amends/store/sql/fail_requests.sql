-- Refund requests that the provider refuses for good; finance asks again or transfers by hand (MO-3).
update refund_requests k set state = 'failed', answered_at = %(now)s, failure_code = r.code, failure_words = r.words, next_look_at = null
from json_to_recordset(%(rows)s) as r(id uuid, code text, words text)
where k.merchant_id = %(merchant)s and k.id = r.id and k.state = 'requested'

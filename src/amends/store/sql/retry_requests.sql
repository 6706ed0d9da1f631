-- Refund requests asked anew after they failed: another attempt, another key, and the effect that sends it (MO-3).
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid)
), q as (
  update refund_requests k set state = 'requested', attempt = k.attempt + 1, key = replace(k.merchant_id::text, '-', '') || '.' || replace(k.id::text, '-', '') || '.' || (k.attempt + 1),
    sent_at = null, asked_at = null, answered_at = null, reference = null, failure_code = null, failure_words = null, next_look_at = null, looks = 0
  from r where k.merchant_id = %(merchant)s and k.id = r.id and k.state = 'failed' returning k.id, k.case_id, k.kind, k.attempt
)
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select %(merchant)s, md5(q.id || '.' || q.attempt)::uuid, q.case_id, 'send_' || q.kind, jsonb_build_object('request', q.id, 'attempt', q.attempt), %(now)s from q
on conflict do nothing

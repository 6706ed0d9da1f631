-- A refund request whose money has moved, with the provider's reference or the number of the transfer made by hand (SO-35, MO-5).
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, reference text, by_hand boolean)
), q as (
  update refund_requests k set state = 'moved', reference = r.reference, provider = case when r.by_hand then 'manual' else k.provider end, moved_at = %(now)s, answered_at = %(now)s,
    next_look_at = null from r
  where k.merchant_id = %(merchant)s and k.id = r.id and k.state in ('requested', 'failed') returning k.payment_id, k.amount_minor
)
update payments p set refunded_minor = p.refunded_minor + s.amount from (select payment_id, sum(amount_minor) as amount from q where payment_id is not null group by 1) s
where p.merchant_id = %(merchant)s and p.id = s.payment_id

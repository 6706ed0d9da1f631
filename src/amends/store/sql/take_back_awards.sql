-- An upheld appeal (DI-8): what a judgement gave beside the refund counts no more. Not paid: its payout is cancelled (one that is with a provider is waited for first); paid: it stays with the buyer.
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, state text)
), k as (
  update compensations k set state = r.state from r where k.merchant_id = %(merchant)s and k.id = r.id and k.state in ('granted', 'failed', 'paid')
)
update refund_requests q set state = 'cancelled', next_look_at = null from r
where q.merchant_id = %(merchant)s and q.compensation_id = r.id and q.state in ('requested', 'failed')

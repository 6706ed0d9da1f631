-- Refund requests and charges as we hold them, by their ids or as they moved in a range through one provider, each with what the ledger has for it there.
with r as (
  select 'transfer' as what, k.id, k.kind as about, k.case_id, k.order_id, k.state, k.attempt, k.amount_minor, k.currency, k.reference, k.key, k.provider,
    case when k.compensation_id is null then 'refund_moved' else k.purpose || '_paid' end as posted
  from refund_requests k where k.merchant_id = %(m)s
    and (k.id = any(%(ids)s::uuid[]) or (%(ids)s::uuid[] is null and k.provider = %(provider)s and k.state = 'moved' and k.moved_at >= %(since)s and k.moved_at < %(until)s))
  union all
  select 'charge', c.id, 'charge', c.case_id, c.order_id, case c.state when 'asked' then 'requested' when 'paid' then 'moved' else c.state end, 1, c.amount_minor, c.currency,
    c.reference, c.key, c.provider, 'difference_paid'
  from charges c where c.merchant_id = %(m)s
    and (c.id = any(%(ids)s::uuid[]) or (%(ids)s::uuid[] is null and c.provider = %(provider)s and c.state = 'paid' and c.paid_at >= %(since)s and c.paid_at < %(until)s))
)
select r.key, r.about, r.id::text, r.case_id::text, r.order_id::text, r.state, r.attempt, r.amount_minor, r.currency, coalesce(r.reference, ''), b.amount, r.provider
from r left join lateral (
  select abs(sum(e.amount_minor))::bigint as amount from ledger_movements m join ledger_entries e on e.merchant_id = m.merchant_id and e.movement_id = m.id
  where m.merchant_id = %(m)s and m.kind = r.posted and m.about = r.id::text and e.account = 'provider:' || %(provider)s
) b on true

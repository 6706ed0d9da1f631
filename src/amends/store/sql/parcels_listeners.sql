-- Parcels whose cases have not heard the news, each with the open cases that hear it: the case a parcel belongs to and the others sent back under the same number;
-- for an outbound parcel the cancellations of its order.
with news as (
  select id, news, direction, state, carrier, waybill, intercept, intercept_answer, order_id, case_id from parcels where merchant_id = %(m)s and untold order by id limit %(most)s
)
select s.id::text as parcel, s.news, s.direction, s.state, s.waybill, s.intercept, s.intercept_answer, c.id::text as case, c.kind, c.state as case_state,
  coalesce(c.facts -> 'intercepts' ? s.waybill, false) as waits,
  s.direction = 'out' and not exists (select 1 from parcels q where q.merchant_id = %(m)s and q.order_id = s.order_id and q.direction = 'out' and q.state <> 'returned') as all_back
from news s
left join lateral (
  select k.id, k.kind, k.state, k.facts from cases k where k.merchant_id = %(m)s and k.closed_at is null and s.direction <> 'out' and k.id = s.case_id
  union
  select k.id, k.kind, k.state, k.facts from cases k where k.merchant_id = %(m)s and k.closed_at is null and s.direction <> 'out' and k.order_id = s.order_id
    and k.facts -> 'parcel' ->> 'waybill' = s.waybill
  union
  select k.id, k.kind, k.state, k.facts from cases k where k.merchant_id = %(m)s and k.closed_at is null and s.direction = 'out' and k.order_id = s.order_id and k.kind = 'cancellation'
) c on true
order by s.id, c.id

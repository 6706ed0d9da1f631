-- Every parcel of the order is signed for, so it is delivered, at the instant of the last signature: the platform carrier's, or else the one its carrier's trace shows (OR-4a).
with mine as (
  select order_id as id from parcels where merchant_id = %(m)s and id = any(%(ids)s::uuid[]) and direction = 'out' and signed_at is not null
  union select w.id from parcels p join orders k on k.merchant_id = %(m)s and k.id = p.order_id
    join orders w on w.merchant_id = %(m)s and w.buyer_id = k.buyer_id and w.facts -> 'waybills' @> jsonb_build_array(jsonb_build_array(p.carrier, p.waybill))
    where p.merchant_id = %(m)s and p.id = any(%(ids)s::uuid[]) and p.direction = 'out' and p.signed_at is not null
)
update orders o set state = 'delivered', delivered_at = coalesce(o.delivered_at, least(t.last_at, %(now)s)), version = o.version + 1
from mine cross join lateral (
  select max(q.signed_at) as last_at, count(*) as many, count(q.signed_at) as signed from (
    select signed_at, id from parcels where merchant_id = %(m)s and order_id = mine.id and direction = 'out'
    union select p.signed_at, p.id from orders x cross join jsonb_array_elements(x.facts -> 'waybills') w
      join parcels p on p.merchant_id = %(m)s and p.carrier = w ->> 0 and p.waybill = w ->> 1 and p.direction = 'out' where x.merchant_id = %(m)s and x.id = mine.id
  ) q) t
where o.merchant_id = %(m)s and o.id = mine.id and o.state = 'shipped' and t.many > 0 and t.many = t.signed and t.many >= coalesce(o.parcel_count, 1)
returning o.id::text

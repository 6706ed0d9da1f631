-- The carrier has the parcel, so the order is shipped, whatever the shop has said so far (OR-3). Answers the orders this is new for.
update orders o set state = 'shipped', shipped_at = coalesce(o.shipped_at, least(p.accepted_at, %(now)s)), version = o.version + 1
from (select q.order_id, min(q.accepted_at) as accepted_at from parcels q
      where q.merchant_id = %(m)s and q.direction = 'out' and q.accepted_at is not null and q.order_id is not null
        and q.order_id in (select order_id from parcels where merchant_id = %(m)s and id = any(%(ids)s::uuid[]) and direction = 'out') group by 1) p
where o.merchant_id = %(m)s and o.id = p.order_id and o.state = 'preparing'
returning o.id::text

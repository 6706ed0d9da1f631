-- A payment belongs to one order only. {unless}: those that are known as their order's own.
-- Row by row (offset 0): joined, a planner that takes the merchant for small reads all its payments instead.
insert into t_refused
select p.nr, 'payment_elsewhere', 'payments[' || p.position || '].ref', (select o.number from orders o where o.merchant_id = t.merchant_id and o.id = q.order_id)
from t_payments p join t_orders t using (nr)
cross join lateral (
  select order_id from payments q where q.merchant_id = t.merchant_id and q.provider = p.provider and q.provider_ref = p.provider_ref offset 0
) q
where q.order_id <> t.id {unless}

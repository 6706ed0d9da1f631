-- A payment belongs to one order only.
insert into t_refused
select p.nr, 'payment_elsewhere', 'payments[' || p.position || '].ref', o.number
from t_payments p join t_orders t using (nr)
join payments q on q.merchant_id = t.merchant_id and q.provider = p.provider and q.provider_ref = p.provider_ref
join orders o on o.merchant_id = q.merchant_id and o.id = q.order_id
where q.order_id <> t.id

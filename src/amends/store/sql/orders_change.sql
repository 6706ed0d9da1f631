-- What differs in orders that were here before; run before the new ones are written.
update orders o set lock_state = t.state
from t_orders t where t.status = 'changed' and o.merchant_id = t.merchant_id and o.id = t.id and o.lock_id is not null
  and t.state in ('pending_payment', 'preparing', 'awaiting_pickup', 'on_hold');
update orders o set version = o.version + 1, {sets}
from t_orders t where t.status = 'changed' and o.merchant_id = t.merchant_id and o.id = t.id;

delete from order_lines l using t_gone g, t_orders t
where t.nr = g.nr and t.status = 'changed' and l.merchant_id = g.merchant_id and l.order_id = g.order_id and l.id = g.id;

delete from payments q using t_gone_payments g, t_orders t
where t.nr = g.nr and t.status = 'changed' and q.merchant_id = g.merchant_id and q.id = g.id;

update order_lines k set title = l.title, category = l.category, quantity = l.quantity, unit_price_minor = l.unit_price_minor, paid_minor = l.paid_minor,
  coupon_minor = l.coupon_minor, points_used = l.points_used, points_granted = l.points_granted,
  refunded_minor = greatest(k.refunded_minor, l.refunded_minor), tags = l.tags, gift = l.gift
from t_lines l join t_orders t using (nr)
where l.known and t.status = 'changed' and k.merchant_id = t.merchant_id and k.order_id = t.id and k.id = l.id and {line_differs};

insert into payments (merchant_id, id, order_id, provider, provider_ref, method, currency, amount_minor, refunded_minor, paid_at)
select t.merchant_id, p.id, t.id, p.provider, p.provider_ref, p.method, t.currency, p.amount_minor, p.refunded_minor, p.paid_at
from t_payments p join t_orders t using (nr) left join t_paid q on q.nr = p.nr and q.provider = p.provider and q.provider_ref = p.provider_ref
where t.status = 'changed' and {payment_differs}
on conflict (merchant_id, provider, provider_ref) do update
set method = excluded.method, currency = excluded.currency, amount_minor = excluded.amount_minor, paid_at = excluded.paid_at,
    refunded_minor = greatest(payments.refunded_minor, excluded.refunded_minor)
where payments.order_id = excluded.order_id

-- Orders that are new with their payments, and the lines that are new in orders of the batch.
insert into orders ({columns}) select {columns} from t_orders where status = 'new';

insert into order_lines (merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used,
                         points_granted, refunded_minor, tags, gift, gift_of)
select t.merchant_id, t.id, l.id, l.position, l.sku, l.title, l.category, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used,
       l.points_granted, l.refunded_minor, l.tags, l.gift, l.gift_of
from t_lines l join t_orders t using (nr) where t.status in ('new', 'changed') and not l.known;

insert into payments (merchant_id, id, order_id, provider, provider_ref, method, currency, amount_minor, refunded_minor, paid_at)
select t.merchant_id, p.id, t.id, p.provider, p.provider_ref, p.method, t.currency, p.amount_minor, p.refunded_minor, p.paid_at
from t_payments p join t_orders t using (nr) where t.status = 'new'

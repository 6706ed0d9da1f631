-- Orders that are new, and the lines, payments and parcels that are new in orders of the batch.
insert into orders ({columns}) select {columns} from t_orders where status = 'new' order by nr;

update t_lines l set gift_of = (select m.id from t_lines m where m.nr = l.nr and m.sku = l.gift_sku and not m.gift order by m.position limit 1) where l.gift_sku is not null;
insert into order_lines (merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used,
                         points_granted, refunded_minor, tags, gift, gift_of)
select l.merchant_id, l.order_id, l.id, l.position, l.sku, l.title, l.category, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used,
       l.points_granted, l.refunded_minor, l.tags, l.gift, l.gift_of
from t_lines l join t_orders t using (nr) where t.status in ('new', 'changed') and not l.known;

insert into payments (merchant_id, id, order_id, provider, provider_ref, method, currency, amount_minor, refunded_minor, paid_at)
select p.merchant_id, p.id, p.order_id, p.provider, p.provider_ref, p.method, p.currency, p.amount_minor, p.refunded_minor, p.paid_at
from t_payments p join t_orders t using (nr) where t.status in ('new', 'changed')
on conflict (merchant_id, provider, provider_ref) do update
set method = excluded.method, currency = excluded.currency, amount_minor = excluded.amount_minor, paid_at = excluded.paid_at,
    refunded_minor = greatest(payments.refunded_minor, excluded.refunded_minor)
where payments.order_id = excluded.order_id;

-- Of an order that is on its way, a connected carrier is asked to report on each parcel (LO-1). The real clock is never ahead of the house's, so the effect is due at once.
with added as (
  insert into parcels (merchant_id, id, order_id, direction, carrier, waybill, sent_at, signed_at)
  select distinct on (p.merchant_id, p.carrier, p.waybill) p.merchant_id, p.id, p.order_id, 'out', p.carrier, p.waybill, p.sent_at, p.signed_at
  from t_parcels p join t_orders t using (nr) where t.status in ('new', 'changed') order by p.merchant_id, p.carrier, p.waybill, p.nr
  on conflict (merchant_id, carrier, waybill, direction) do update
  set sent_at = coalesce(excluded.sent_at, parcels.sent_at), signed_at = coalesce(excluded.signed_at, parcels.signed_at)
  where parcels.order_id = excluded.order_id
  returning merchant_id, id, order_id, carrier, signed_at, followed_at
), connected as materialized (select carrier from (select distinct carrier from added) c where carrier_connection(carrier) is not null)
insert into outbox (merchant_id, id, effect, body, due_at)
select a.merchant_id, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', a.id), now()
from added a join connected using (carrier) join t_orders t on t.merchant_id = a.merchant_id and t.id = a.order_id
where a.signed_at is null and a.followed_at is null and t.state in ('preparing', 'shipped')

-- Parcels of orders that are new or changed; run when the batch has any.
-- Of an order that is on its way, a connected carrier is asked to report on each parcel (LO-1). The real clock is never ahead of the house's, so the effect is due at once.
with added as (
  insert into parcels (merchant_id, id, order_id, direction, carrier, waybill, sent_at, signed_at)
  select distinct on (t.merchant_id, p.carrier, p.waybill) t.merchant_id, p.id, t.id, 'out', p.carrier, p.waybill, p.sent_at, p.signed_at
  from t_parcels p join t_orders t using (nr) where t.status in ('new', 'changed') order by t.merchant_id, p.carrier, p.waybill, p.nr
  on conflict (merchant_id, carrier, waybill, direction) do update
  set sent_at = coalesce(excluded.sent_at, parcels.sent_at), signed_at = coalesce(excluded.signed_at, parcels.signed_at)
  where parcels.order_id = excluded.order_id
  returning merchant_id, id, order_id, carrier, signed_at, followed_at
), connected as materialized (select carrier from (select distinct carrier from added) c where carrier_connection(carrier) is not null)
insert into outbox (merchant_id, id, effect, body, due_at)
select a.merchant_id, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', a.id), now()
from added a join connected using (carrier) join t_orders t on t.merchant_id = a.merchant_id and t.id = a.order_id
where a.signed_at is null and a.followed_at is null and t.state in ('preparing', 'shipped')

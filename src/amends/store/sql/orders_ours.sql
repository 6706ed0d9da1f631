-- What was changed, erased or put right here stands, whatever the shop says again; run when the batch has such orders, before it is compared.
-- A shop that does not know yet what was changed here (OR-7) says again what it said before: its lines, or its receiver, are read as what stands.
with stale as (
  select t.nr, o.merchant_id, o.id from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
  where t.status = 'same' and t.ours and o.lines_mark is not null
    and o.lines_mark = (select amends_lines_mark(array_agg(l.sku), array_agg(l.quantity), array_agg(l.paid_minor)) from t_lines l where l.nr = t.nr)
), gone as (
  delete from t_lines l using stale where l.nr = stale.nr
)
insert into t_lines (nr, id, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used, points_granted, refunded_minor, tags, gift)
select stale.nr, k.id, k.position, k.sku, k.title, k.category, k.quantity, k.unit_price_minor, k.paid_minor, k.coupon_minor, k.points_used,
       k.points_granted, k.refunded_minor, k.tags, k.gift
from stale join order_lines k on k.merchant_id = stale.merchant_id and k.order_id = stale.id;
update t_orders t set receiver = null, phone = null, province = null, city = null, district = null, detail = null from orders o
where t.status = 'same' and t.ours and o.merchant_id = t.merchant_id and o.id = t.id and o.receiver_mark is not null
  and o.receiver_mark = amends_receiver_mark(t.receiver, t.phone, t.province, t.city, t.district, t.detail);
-- What was erased here does not come back (ST-10).
update t_orders t set buyer_id = o.buyer_id, receiver = null, phone = null, province = null, city = null, district = null, detail = null, remarks = '', facts = '{}' from orders o
where t.status = 'same' and t.ours and o.merchant_id = t.merchant_id and o.id = t.id and o.erased_at is not null;
delete from t_parcels p using t_orders t, orders o where p.nr = t.nr and t.status = 'same' and t.ours and o.merchant_id = t.merchant_id and o.id = t.id and o.erased_at is not null;
-- A waybill that was put right here does not come back (OR-8).
delete from t_parcels p using t_orders t, orders o
where p.nr = t.nr and t.status = 'same' and t.ours and o.merchant_id = t.merchant_id and o.id = t.id and o.facts ? 'waybills_corrected'
  and o.facts -> 'waybills_corrected' @> jsonb_build_array(jsonb_build_array(p.carrier, p.waybill))

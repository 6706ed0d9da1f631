-- What differs in the orders that are here already, and what cannot be: fills t_gone and t_refused, sets the status.
analyze t_orders (status), t_lines (nr), t_payments (nr), t_parcels (nr);

-- A shop that does not know yet what was changed here (OR-7) says again what it said before: its lines, or its receiver, are read as what stands.
with stale as (
  select t.nr, o.merchant_id, o.id from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
  where t.status = 'same' and o.lines_mark is not null
    and o.lines_mark = (select amends_lines_mark(array_agg(l.sku), array_agg(l.quantity), array_agg(l.paid_minor)) from t_lines l where l.nr = t.nr)
), gone as (
  delete from t_lines l using stale where l.nr = stale.nr
)
insert into t_lines (nr, merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used, points_granted,
                     refunded_minor, tags, gift)
select stale.nr, k.merchant_id, k.order_id, k.id, k.position, k.sku, k.title, k.category, k.quantity, k.unit_price_minor, k.paid_minor, k.coupon_minor, k.points_used,
       k.points_granted, k.refunded_minor, k.tags, k.gift
from stale join order_lines k on k.merchant_id = stale.merchant_id and k.order_id = stale.id;
update t_orders t set receiver = null, phone = null, province = null, city = null, district = null, detail = null from orders o
where t.status = 'same' and o.merchant_id = t.merchant_id and o.id = t.id and o.receiver_mark is not null
  and o.receiver_mark = amends_receiver_mark(t.receiver, t.phone, t.province, t.city, t.district, t.detail);
-- What was erased here does not come back (ST-10).
update t_orders t set buyer_id = o.buyer_id, receiver = null, phone = null, province = null, city = null, district = null, detail = null, remarks = '', facts = '{}' from orders o
where t.status = 'same' and o.merchant_id = t.merchant_id and o.id = t.id and o.erased_at is not null;
delete from t_parcels p using t_orders t, orders o where p.nr = t.nr and t.status = 'same' and o.merchant_id = t.merchant_id and o.id = t.id and o.erased_at is not null;
-- A waybill that was put right here does not come back (OR-8).
delete from t_parcels p using t_orders t, orders o
where p.nr = t.nr and t.status = 'same' and o.merchant_id = t.merchant_id and o.id = t.id and o.facts ? 'waybills_corrected'
  and o.facts -> 'waybills_corrected' @> jsonb_build_array(jsonb_build_array(p.carrier, p.waybill));

with have as (
  select t.nr, l.id, l.position, l.sku, row_number() over (partition by t.nr, l.sku order by l.position) as nth
  from t_orders t join order_lines l on l.merchant_id = t.merchant_id and l.order_id = t.id where t.status = 'same'
), tops as (
  select nr, max(position) as top from have group by nr
), want as (
  select l.nr, l.id, l.sku, row_number() over (partition by l.nr, l.sku order by l.position) as nth
  from t_lines l join t_orders t using (nr) where t.status = 'same'
), pairs as (
  select want.nr, want.id as fresh, have.id, have.position, t.id as order_id,
         coalesce(tops.top, 0) as top
  from want join t_orders t using (nr) left join have using (nr, sku, nth) left join tops using (nr)
)
update t_lines l set id = coalesce(p.id, l.id), order_id = p.order_id, position = coalesce(p.position, p.top + l.position), known = p.id is not null
from pairs p where l.nr = p.nr and l.id = p.fresh;
update t_payments p set order_id = t.id from t_orders t where t.nr = p.nr and t.status = 'same';
update t_parcels p set order_id = t.id from t_orders t where t.nr = p.nr and t.status = 'same';

-- A shop knows nothing of the differences that were paid here for dearer goods; what it says was paid stands beside them.
with extra as (
  select t.nr, q.line_id, sum(q.amount_minor) as amount from t_orders t join payments q on q.merchant_id = t.merchant_id and q.order_id = t.id and q.charge_id is not null
  where t.status = 'same' group by t.nr, q.line_id
), of_lines as (
  update t_lines l set paid_minor = l.paid_minor + e.amount from extra e where l.nr = e.nr and l.id = e.line_id
)
update t_orders t set paid_minor = t.paid_minor + e.amount from (select nr, sum(amount) as amount from extra group by nr) e where t.nr = e.nr;

create temp table t_gone on commit drop as
select t.nr, l.merchant_id, l.order_id, l.id, l.sku, l.refunded_minor
from t_orders t join order_lines l on l.merchant_id = t.merchant_id and l.order_id = t.id
left join t_lines x on x.nr = t.nr and x.id = l.id
where t.status = 'same' and x.id is null;

create temp table t_gone_payments on commit drop as
select t.nr, q.merchant_id, q.id, q.provider_ref, q.refunded_minor
from t_orders t join payments q on q.merchant_id = t.merchant_id and q.order_id = t.id
left join t_payments p on p.nr = t.nr and p.provider = q.provider and p.provider_ref = q.provider_ref
where t.status = 'same' and p.nr is null and q.charge_id is null and exists (select 1 from t_payments other where other.nr = t.nr);

insert into t_refused
select t.nr, 'paid_below_refunded', 'paid', o.refunded_minor::text
from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id where t.status = 'same' and o.refunded_minor > t.paid_minor
union all
select t.nr, 'currency_fixed', 'currency', o.currency
from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
where t.status = 'same' and o.currency <> t.currency
  and (o.refunded_minor > 0 or exists (select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id))
union all
select l.nr, 'paid_below_refunded', 'lines.paid', k.refunded_minor::text
from t_lines l join order_lines k on k.merchant_id = l.merchant_id and k.order_id = l.order_id and k.id = l.id
where l.known and k.refunded_minor > l.paid_minor
union all
select p.nr, 'paid_below_refunded', 'payments.amount', q.refunded_minor::text
from t_payments p join payments q on q.merchant_id = p.merchant_id and q.provider = p.provider and q.provider_ref = p.provider_ref
where q.order_id = p.order_id and q.refunded_minor > p.amount_minor
union all
select g.nr, 'line_in_use', 'lines', min(g.sku) from t_gone g
where g.refunded_minor > 0 or exists (select 1 from cases c where c.merchant_id = g.merchant_id and c.order_id = g.order_id and c.line_id = g.id)
  or exists (select 1 from cancellation_lines c where c.merchant_id = g.merchant_id and c.order_id = g.order_id and c.line_id = g.id)
group by g.nr
union all
-- Pieces that a cancellation is about do not go away with an import: what was cancelled is counted on the line (CA-7).
select l.nr, 'line_in_use', 'lines.quantity', l.sku
from t_lines l join order_lines k on k.merchant_id = l.merchant_id and k.order_id = l.order_id and k.id = l.id
where l.known and l.quantity < k.quantity and exists (select 1 from cancellation_lines c where c.merchant_id = k.merchant_id and c.order_id = k.order_id and c.line_id = k.id)
union all
select g.nr, 'payment_in_use', 'payments', min(g.provider_ref) from t_gone_payments g
where g.refunded_minor > 0 or exists (select 1 from refund_requests r where r.merchant_id = g.merchant_id and r.payment_id = g.id)
group by g.nr;

create temp table t_differs on commit drop as
select t.nr from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
where t.status = 'same' and row({merged}) is distinct from row({present})
union
select t.nr from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
where t.status = 'same' and o.lock_id is not null and t.state <> o.lock_state
union
select nr from t_gone
union
select nr from t_gone_payments
union
select l.nr from t_lines l join t_orders t using (nr) where t.status = 'same' and not l.known
union
select l.nr from t_lines l join order_lines k on k.merchant_id = l.merchant_id and k.order_id = l.order_id and k.id = l.id
where l.known and row(l.title, l.category, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used, l.points_granted,
                      greatest(l.refunded_minor, k.refunded_minor), l.tags, l.gift)
  is distinct from row(k.title, k.category, k.quantity, k.unit_price_minor, k.paid_minor, k.coupon_minor, k.points_used, k.points_granted,
                       k.refunded_minor, k.tags, k.gift)
union
select p.nr from t_payments p join t_orders t using (nr)
left join payments q on q.merchant_id = p.merchant_id and q.provider = p.provider and q.provider_ref = p.provider_ref
where t.status = 'same' and row(p.method, p.currency, p.amount_minor, greatest(p.refunded_minor, q.refunded_minor), p.paid_at)
  is distinct from row(q.method, q.currency, q.amount_minor, q.refunded_minor, q.paid_at)
union
select p.nr from t_parcels p join t_orders t using (nr)
left join parcels q on q.merchant_id = p.merchant_id and q.carrier = p.carrier and q.waybill = p.waybill and q.direction = 'out'
where t.status = 'same' and (q.id is null or q.order_id = p.order_id
  and row(coalesce(p.sent_at, q.sent_at), coalesce(p.signed_at, q.signed_at)) is distinct from row(q.sent_at, q.signed_at));

update t_orders t set status = 'changed' from t_differs d where d.nr = t.nr and t.status = 'same';
analyze t_orders (status)

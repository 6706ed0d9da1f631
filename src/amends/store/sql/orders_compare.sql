-- What differs in the orders that are here already, and what cannot be: fills t_gone and t_refused, sets the status. t_have and t_paid: their lines and payments as they stand.
-- What stands is looked up order by order (offset 0): joined, a planner that takes the merchant for small reads all of it instead.
analyze t_orders (status), t_lines (nr), t_payments (nr), t_parcels (nr);

create temp table t_have on commit drop as
select t.nr, k.merchant_id, k.order_id, k.id, k.position, k.sku, row_number() over (partition by t.nr, k.sku order by k.position) as nth, k.title, k.category, k.quantity,
       k.unit_price_minor, k.paid_minor, k.coupon_minor, k.points_used, k.points_granted, k.refunded_minor, k.tags, k.gift
from t_orders t cross join lateral (select * from order_lines k where k.merchant_id = t.merchant_id and k.order_id = t.id offset 0) k where t.status = 'same';

create temp table t_paid on commit drop as
select t.nr, q.merchant_id, q.id, q.provider, q.provider_ref, q.method, q.currency, q.amount_minor, q.refunded_minor, q.paid_at, q.charge_id, q.line_id
from t_orders t cross join lateral (select * from payments q where q.merchant_id = t.merchant_id and q.order_id = t.id offset 0) q where t.status = 'same';
analyze t_have (nr, id), t_paid (nr);

with tops as (
  select nr, max(position) as top from t_have group by nr
), want as (
  select l.nr, l.id, l.sku, row_number() over (partition by l.nr, l.sku order by l.position) as nth
  from t_lines l join t_orders t using (nr) where t.status = 'same'
), pairs as (
  select want.nr, want.id as fresh, h.id, h.position, coalesce(tops.top, 0) as top
  from want left join t_have h using (nr, sku, nth) left join tops using (nr)
)
update t_lines l set id = coalesce(p.id, l.id), position = coalesce(p.position, p.top + l.position), known = p.id is not null
from pairs p where l.nr = p.nr and l.id = p.fresh;

-- A shop knows nothing of the differences that were paid here for dearer goods; what it says was paid stands beside them.
with extra as (
  select nr, line_id, sum(amount_minor) as amount from t_paid where charge_id is not null group by nr, line_id
), of_lines as (
  update t_lines l set paid_minor = l.paid_minor + e.amount from extra e where l.nr = e.nr and l.id = e.line_id
)
update t_orders t set paid_minor = t.paid_minor + e.amount from (select nr, sum(amount) as amount from extra group by nr) e where t.nr = e.nr;

create temp table t_gone on commit drop as
select h.nr, h.merchant_id, h.order_id, h.id, h.sku, h.refunded_minor
from t_have h left join t_lines x on x.nr = h.nr and x.id = h.id where x.id is null;

create temp table t_gone_payments on commit drop as
select q.nr, q.merchant_id, q.id, q.provider_ref, q.refunded_minor
from t_paid q left join t_payments p on p.nr = q.nr and p.provider = q.provider and p.provider_ref = q.provider_ref
where p.nr is null and q.charge_id is null and exists (select 1 from t_payments other where other.nr = q.nr);

insert into t_refused
select nr, 'paid_below_refunded', 'paid', here_refunded::text from t_orders where status = 'same' and here_refunded > paid_minor
union all
select t.nr, 'currency_fixed', 'currency', t.here_currency
from t_orders t
where t.status = 'same' and t.here_currency <> t.currency
  and (t.here_refunded > 0 or exists (select 1 from cases c where c.merchant_id = t.merchant_id and c.order_id = t.id))
union all
select l.nr, 'paid_below_refunded', 'lines.paid', k.refunded_minor::text
from t_lines l join t_have k on k.nr = l.nr and k.id = l.id
where l.known and k.refunded_minor > l.paid_minor
union all
select p.nr, 'paid_below_refunded', 'payments.amount', q.refunded_minor::text
from t_payments p join t_paid q on q.nr = p.nr and q.provider = p.provider and q.provider_ref = p.provider_ref
where q.refunded_minor > p.amount_minor
union all
select g.nr, 'line_in_use', 'lines', min(g.sku) from t_gone g
where g.refunded_minor > 0 or exists (select 1 from cases c where c.merchant_id = g.merchant_id and c.order_id = g.order_id and c.line_id = g.id)
  or exists (select 1 from cancellation_lines c where c.merchant_id = g.merchant_id and c.order_id = g.order_id and c.line_id = g.id)
group by g.nr
union all
-- Pieces that a cancellation is about do not go away with an import: what was cancelled is counted on the line (CA-7).
select l.nr, 'line_in_use', 'lines.quantity', l.sku
from t_lines l join t_have k on k.nr = l.nr and k.id = l.id
where l.known and l.quantity < k.quantity and exists (select 1 from cancellation_lines c where c.merchant_id = k.merchant_id and c.order_id = k.order_id and c.line_id = k.id)
union all
select g.nr, 'payment_in_use', 'payments', min(g.provider_ref) from t_gone_payments g
where g.refunded_minor > 0 or exists (select 1 from refund_requests r where r.merchant_id = g.merchant_id and r.payment_id = g.id)
group by g.nr;

create temp table t_differs on commit drop as
select t.nr from t_orders t cross join lateral (select * from orders o where o.merchant_id = t.merchant_id and o.id = t.id offset 0) o
where t.status = 'same' and (row({merged}) is distinct from row({present}) or o.lock_id is not null and t.state <> o.lock_state)
union
select nr from t_gone
union
select nr from t_gone_payments
union
select l.nr from t_lines l join t_orders t using (nr) where t.status = 'same' and not l.known
union
select l.nr from t_lines l join t_have k on k.nr = l.nr and k.id = l.id where l.known and {line_differs}
union
select p.nr from t_payments p join t_orders t using (nr) left join t_paid q on q.nr = p.nr and q.provider = p.provider and q.provider_ref = p.provider_ref
where t.status = 'same' and {payment_differs}
union
select p.nr from t_parcels p join t_orders t using (nr)
left join parcels q on q.merchant_id = t.merchant_id and q.carrier = p.carrier and q.waybill = p.waybill and q.direction = 'out'
where t.status = 'same' and (q.id is null or q.order_id = t.id
  and row(coalesce(p.sent_at, q.sent_at), coalesce(p.signed_at, q.signed_at)) is distinct from row(q.sent_at, q.signed_at));

update t_orders t set status = 'changed' from t_differs d where d.nr = t.nr and t.status = 'same';
analyze t_orders (status)

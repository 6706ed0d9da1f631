-- Pieces that are not part of their order any more; with the last of them the order is cancelled (CA-1, CA-7).
with x as (
  select r.order_id, r.line_id, sum(r.quantity)::int as quantity from json_to_recordset(%(rows)s) as r(order_id uuid, line_id uuid, quantity int) group by 1, 2
), l as (
  update order_lines k set cancelled_quantity = k.cancelled_quantity + x.quantity from x
  where k.merchant_id = %(merchant)s and k.order_id = x.order_id and k.id = x.line_id returning k.order_id, k.id, k.cancelled_quantity, k.quantity
), whole as (
  select o.id from (select distinct order_id as id from x) o where not exists (
    select 1 from order_lines k left join l on l.order_id = k.order_id and l.id = k.id
    where k.merchant_id = %(merchant)s and k.order_id = o.id and coalesce(l.cancelled_quantity, k.cancelled_quantity) < k.quantity)
)
update orders o set state = 'cancelled', version = o.version + 1, facts = o.facts || jsonb_build_object('cancelled_at', %(now)s::timestamptz, 'cancelled_from', o.state)
from whole where o.merchant_id = %(merchant)s and o.id = whole.id and o.state <> 'cancelled'

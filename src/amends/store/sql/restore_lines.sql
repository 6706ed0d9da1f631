-- Pieces that a judgement had given up are part of their order again (DI-8); an order cancelled with them is where it was, or as far as it has come since.
with x as (
  select r.order_id, r.line_id, sum(r.quantity)::int as quantity from json_to_recordset(%(rows)s) as r(order_id uuid, line_id uuid, quantity int) group by 1, 2
), l as (
  update order_lines k set cancelled_quantity = k.cancelled_quantity - x.quantity from x
  where k.merchant_id = %(merchant)s and k.order_id = x.order_id and k.id = x.line_id returning k.order_id
)
update orders o set version = o.version + 1, facts = o.facts - 'cancelled_at' - 'cancelled_from', state = case
    when o.receipt_confirmed_at is not null then 'received' when o.delivered_at is not null then 'delivered' when o.facts ->> 'cancelled_from' = 'delivered' then 'delivered'
    when o.shipped_at is not null then 'shipped' else coalesce(nullif(o.facts ->> 'cancelled_from', 'locked'), 'preparing') end
from (select distinct order_id as id from l) w where o.merchant_id = %(merchant)s and o.id = w.id and o.state = 'cancelled'

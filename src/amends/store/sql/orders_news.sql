-- What an import says of orders with an open cancellation: shipped, or received, for the first time (CA-2, CA-3). Run before the orders are changed.
-- Due since ever: an import knows no clock, and it is to be told at once.
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select c.merchant_id, gen_random_uuid(), c.id, 'tell_cancellation', jsonb_build_object('event', news.event, 'command', md5(c.id::text || news.event)), timestamptz 'epoch'
from t_orders t join orders o on o.merchant_id = t.merchant_id and o.id = t.id
join cases c on c.merchant_id = o.merchant_id and c.order_id = o.id and c.kind = 'cancellation' and c.closed_at is null and c.state <> 'refunding'
cross join lateral (
  select 'order_received' as event where (t.receipt_confirmed_at is not null or t.state in ('received', 'completed')) and o.receipt_confirmed_at is null and o.state not in ('received', 'completed')
  union all
  select 'order_shipped' where (t.shipped_at is not null or t.state in ('shipped', 'delivered')) and o.shipped_at is null and o.state not in ('shipped', 'delivered', 'received', 'completed')
) news
where t.status = 'changed'

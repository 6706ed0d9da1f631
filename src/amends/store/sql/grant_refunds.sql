-- Money decided, on the lines it counts on; order and line keep the sum, and refuse more than was paid (MO-1).
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid, order_id uuid, line_id uuid, quantity int, amount_minor bigint, currency text)
), g as (
  insert into granted_refunds (merchant_id, id, case_id, order_id, line_id, quantity, amount_minor, currency, at)
  select %(merchant)s, r.id, r.case_id, r.order_id, r.line_id, r.quantity, r.amount_minor, r.currency, %(now)s from r
), l as (
  update order_lines k set refunded_minor = k.refunded_minor + s.amount from (select order_id, line_id, sum(amount_minor) as amount from r where line_id is not null group by 1, 2) s
  where k.merchant_id = %(merchant)s and k.order_id = s.order_id and k.id = s.line_id
)
update orders o set refunded_minor = o.refunded_minor + s.amount from (select order_id, sum(amount_minor) as amount from r group by 1) s
where o.merchant_id = %(merchant)s and o.id = s.order_id

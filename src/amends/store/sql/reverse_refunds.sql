-- 冲正 (SO-36): what these cases granted no longer counts; requests not yet paid are cancelled (one that is with a provider is waited for first); nothing is deleted.
with r as (
  select case_id from json_to_recordset(%(rows)s) as x(case_id uuid)
), g as (
  update granted_refunds k set reversed_at = %(now)s from r where k.merchant_id = %(merchant)s and k.case_id = r.case_id and k.reversed_at is null
  returning k.order_id, k.line_id, k.amount_minor
), q as (
  update refund_requests k set state = 'cancelled', next_look_at = null from r where k.merchant_id = %(merchant)s and k.case_id = r.case_id and k.state in ('requested', 'failed')
), l as (
  update order_lines k set refunded_minor = k.refunded_minor - s.amount from (select order_id, line_id, sum(amount_minor) as amount from g where line_id is not null group by 1, 2) s
  where k.merchant_id = %(merchant)s and k.order_id = s.order_id and k.id = s.line_id
)
update orders o set refunded_minor = o.refunded_minor - s.amount from (select order_id, sum(amount_minor) as amount from g group by 1) s
where o.merchant_id = %(merchant)s and o.id = s.order_id

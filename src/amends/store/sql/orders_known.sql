-- Which orders of the batch are here already; they get the id they have. Nobody refunds one of them while it is compared and written: they are locked (not by a dry run).
with here as materialized (
  select t.nr, o.id, o.refunded_minor, o.currency,
         o.lines_mark is not null or o.receiver_mark is not null or o.erased_at is not null or o.facts ? 'waybills_corrected' as ours
  from orders o join t_orders t on t.merchant_id = o.merchant_id and t.number = o.number order by o.merchant_id, o.id {lock}
)
update t_orders t set id = here.id, status = 'same', ours = here.ours, here_refunded = here.refunded_minor, here_currency = here.currency from here where here.nr = t.nr

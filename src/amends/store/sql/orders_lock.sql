-- Nobody refunds an order of the batch while it is compared and written.
select count(*) from (
  select 1 from orders o join t_orders t on t.merchant_id = o.merchant_id and t.number = o.number order by o.merchant_id, o.id for update of o
) locked

-- The places whose counts change, there before they are changed and locked in their order (SKU, warehouse): whoever comes the other way waits.
with r as (select * from json_to_recordset(%(rows)s) as x(sku text, warehouse text)), missing as (
  insert into stock (merchant_id, sku, warehouse) select %(merchant)s, r.sku, r.warehouse from r
  where not exists (select 1 from stock s where s.merchant_id = %(merchant)s and s.sku = r.sku and s.warehouse = r.warehouse)
  order by r.sku, r.warehouse on conflict do nothing
)
select count(*) from (
  select 1 from stock s join r on r.sku = s.sku and r.warehouse = s.warehouse where s.merchant_id = %(merchant)s and %(now)s::timestamptz is not null
  order by s.sku, s.warehouse for update of s
) locked

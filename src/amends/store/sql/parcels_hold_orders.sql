-- The orders of outbound parcels, held in the order of their ids before the parcels are; also orders that share a parcel with the one it is kept with.
select 1 from orders o where o.merchant_id = %(m)s and o.state in ('preparing', 'shipped') and o.id in (
  select order_id from parcels where merchant_id = %(m)s and id = any(%(ids)s::uuid[]) and direction = 'out'
  union select w.id from parcels p join orders k on k.merchant_id = %(m)s and k.id = p.order_id
    join orders w on w.merchant_id = %(m)s and w.buyer_id = k.buyer_id and w.facts -> 'waybills' @> jsonb_build_array(jsonb_build_array(p.carrier, p.waybill))
    where p.merchant_id = %(m)s and p.id = any(%(ids)s::uuid[]) and p.direction = 'out'
) order by o.id for update of o

-- Which orders of the batch are here already; they get the id they have.
update t_orders t set id = o.id, status = 'same' from orders o where o.merchant_id = t.merchant_id and o.number = t.number

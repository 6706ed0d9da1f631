-- What a ticket is about (TI-7): its order, and the case of it. A buyer who is known stays, whatever it is bound to.
update cases c set order_id = x.order_id, parent_id = x.parent_id, buyer_id = coalesce(nullif(c.buyer_id, ''), nullif(x.buyer_id, '')), updated_at = %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, order_id uuid, parent_id uuid, buyer_id text)
where c.merchant_id = %(merchant)s and c.id = x.id

-- A parcel on its way; the same waybill again belongs to the case that named it last.
insert into parcels (merchant_id, id, order_id, case_id, direction, carrier, waybill, state, sent_at)
select %(merchant)s, x.id, x.order_id, x.case_id, x.direction, x.carrier, x.waybill, 'sent', %(now)s
from json_to_recordset(%(rows)s) as x(id uuid, order_id uuid, case_id uuid, direction text, carrier text, waybill text)
on conflict (merchant_id, carrier, waybill, direction) do update set case_id = excluded.case_id, order_id = excluded.order_id

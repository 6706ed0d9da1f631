-- A parcel on its way; the same waybill again belongs to the case that named it last. A connected carrier is asked to report on it (LO-1).
with added as (
  insert into parcels (merchant_id, id, order_id, case_id, direction, carrier, waybill, state, sent_at)
  select %(merchant)s, x.id, x.order_id, x.case_id, x.direction, x.carrier, x.waybill, 'sent', %(now)s
  from json_to_recordset(%(rows)s) as x(id uuid, order_id uuid, case_id uuid, direction text, carrier text, waybill text)
  on conflict (merchant_id, carrier, waybill, direction) do update set case_id = excluded.case_id, order_id = excluded.order_id, untold = parcels.followed_at is not null, news = parcels.news + 1
  returning id, carrier, followed_at
)
insert into outbox (merchant_id, id, effect, body, due_at)
select %(merchant)s, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', id), %(now)s from added where followed_at is null and carrier_connection(carrier) is not null

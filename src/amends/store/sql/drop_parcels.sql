-- A waybill that was typed wrong: its parcel was never on its way, and what was heard of it was about somebody else's.
with gone as (
  delete from parcels p using json_to_recordset(%(rows)s) as x(case_id uuid, direction text)
  where p.merchant_id = %(merchant)s and p.case_id = x.case_id and p.direction = any(string_to_array(x.direction, ' ')) and p.registered_at is null and %(now)s::timestamptz is not null
  returning p.id
)
delete from parcel_events e using gone where e.merchant_id = %(merchant)s and e.parcel_id = gone.id

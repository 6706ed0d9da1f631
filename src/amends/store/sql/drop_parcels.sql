-- A waybill that was typed wrong: its parcel was never on its way.
delete from parcels p using json_to_recordset(%(rows)s) as x(case_id uuid, direction text)
where p.merchant_id = %(merchant)s and p.case_id = x.case_id and p.direction = any(string_to_array(x.direction, ' ')) and p.registered_at is null and %(now)s::timestamptz is not null

-- Photos that were uploaded and now belong to a case.
update files f set case_id = x.case_id from json_to_recordset(%(rows)s) as x(id uuid, case_id uuid)
where f.merchant_id = %(merchant)s and f.id = x.id and f.case_id is null and %(now)s::timestamptz is not null

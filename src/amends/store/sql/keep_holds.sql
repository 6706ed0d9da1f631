-- Holds that go on: from now on without an end of their own, because their goods are promised.
update holds h set expires_at = r.expires_at from json_to_recordset(%(rows)s) as r(id uuid, expires_at timestamptz)
where h.merchant_id = %(merchant)s and h.id = r.id and h.ended_at is null and %(now)s::timestamptz is not null

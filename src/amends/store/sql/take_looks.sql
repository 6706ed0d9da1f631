-- Requests of which nothing was heard: taken to be looked for, and put off by twice the time as before, at most six hours.
with picked as materialized (
  select id from refund_requests where merchant_id = %(m)s and next_look_at <= %(now)s order by next_look_at, id limit %(most)s for update skip locked
)
update refund_requests r set looks = r.looks + 1, asked_at = %(now)s, next_look_at = %(now)s + least(%(first)s * power(2, least(r.looks + 1, 12)), interval '6 hours')
from picked where r.merchant_id = %(m)s and r.id = picked.id returning r.id::text, r.attempt

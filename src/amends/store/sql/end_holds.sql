-- Holds that end: taken with the goods, or released for a reason. One that has ended already stays as it ended, and is a bug: division by zero, and so no commit.
with r as (select * from json_to_recordset(%(rows)s) as x(id uuid, outcome text, reason text)), u as (
  update holds h set ended_at = %(now)s, outcome = r.outcome, reason = r.reason from r
  where h.merchant_id = %(merchant)s and h.id = r.id and h.ended_at is null returning h.id
)
select 1 / (case when (select count(*) from u) = (select count(*) from r) then 1 else 0 end)

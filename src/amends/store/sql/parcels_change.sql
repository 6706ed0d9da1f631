-- What the news of parcels came to. A registered parcel stays registered; what is left out (null) stays as it is; `fresh` counts as news, `tell` as news for cases.
update parcels p set
  state = case when p.state = 'registered' then p.state else coalesce(x.state, p.state) end,
  accepted_at = coalesce(x.accepted_at, p.accepted_at), sent_at = coalesce(p.sent_at, x.accepted_at),
  signed_at = case when x.state = 'returned' then null else coalesce(x.signed_at, p.signed_at) end, returned_at = coalesce(x.returned_at, p.returned_at),
  last_event_at = coalesce(x.last_event_at, p.last_event_at), expected_at = coalesce(x.expected_at, p.expected_at),
  trouble = coalesce(x.trouble, p.trouble), followed_at = case when x.follow then coalesce(p.followed_at, %(now)s) else p.followed_at end,
  heard_at = case when x.fresh then %(now)s else p.heard_at end, next_look_at = x.next_look_at, looks = x.looks,
  intercept = coalesce(x.intercept, p.intercept), intercept_asked_at = case when x.intercept is not null then coalesce(p.intercept_asked_at, %(now)s) else p.intercept_asked_at end,
  intercept_answered_at = case when x.intercept in ('succeeded', 'failed') then %(now)s else p.intercept_answered_at end,
  intercept_answer = coalesce(x.intercept_answer, p.intercept_answer), untold = p.untold or x.tell, news = p.news + case when x.tell then 1 else 0 end
from json_to_recordset(%(rows)s) as x(id uuid, state text, accepted_at timestamptz, signed_at timestamptz, returned_at timestamptz, last_event_at timestamptz, expected_at timestamptz,
  trouble text, follow boolean, fresh boolean, next_look_at timestamptz, looks int, intercept text, intercept_answer text, tell boolean)
where p.merchant_id = %(m)s and p.id = x.id

-- Open cases with an alert: few among many, and every list counts them.
create index cases_alert on cases (merchant_id, kind, state, due_at, id) where closed_at is null and alert is not null;

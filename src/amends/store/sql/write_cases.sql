-- All that a batch of decisions changes on the hot tables, in one statement. Division by zero, and so no commit, if a case moved meanwhile.
-- Cases, events and clocks come as what is each one's own, and the kinds of what many have alike (`store/alike.py`).
-- `c` is materialized: kinds are joined to rows first, by hash, however many cases the planner expects.
with c as materialized (
  select * from unnest(%(cases_id)s::uuid[], %(cases_was)s::int[], %(cases_version)s::int[], %(cases_kind)s::int[]) as r(id, was, version, kind)
    join jsonb_to_recordset(%(cases)s) as x(kind int, state text, type text, reason text, fault text, quantity int, quantity_received int, sku text, parcel_state text,
    assignee uuid, assigned_at timestamptz, waits_on text, due_at timestamptz, alert text, granted_minor bigint, moved_minor bigint, granted_at timestamptz, moved_at timestamptz,
    closed_at timestamptz, facts jsonb) using (kind)
), u as (
  update cases k set version = c.version, state = c.state, type = c.type, reason = c.reason, quantity = c.quantity, quantity_received = coalesce(c.quantity_received, k.quantity_received),
    parcel_state = coalesce(c.parcel_state, k.parcel_state), assignee = c.assignee, assigned_at = case when c.assignee is distinct from k.assignee then c.assigned_at else k.assigned_at end,
    fault = coalesce(c.fault, k.fault), waits_on = c.waits_on, due_at = c.due_at, alert = c.alert, granted_minor = c.granted_minor, moved_minor = c.moved_minor,
    granted_at = coalesce(c.granted_at, k.granted_at), moved_at = coalesce(c.moved_at, k.moved_at), closed_at = c.closed_at, updated_at = %(now)s, facts = k.facts || c.facts
  -- No list of ids beside the join: with one, the planner expects a single case there and reads all of the batch again for each of them.
  from c where k.merchant_id = %(merchant)s and k.id = c.id and k.version = c.was returning k.id
), e as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body, explanation)
  select %(merchant)s, r.case_id, r.version, x.name, r.command_id, x.actor_kind, x.actor_id, x.actor_name, x.at, x.body, x.explanation
  from unnest(%(events_case_id)s::uuid[], %(events_version)s::int[], %(events_command_id)s::uuid[], %(events_kind)s::int[]) as r(case_id, version, command_id, kind)
    join jsonb_to_recordset(%(events)s) as x(kind int, name text, actor_kind text, actor_id text, actor_name text, at timestamptz, body jsonb, explanation jsonb) using (kind)
), a as (
  select r.case_id, x.name, x.due_at, x.remind_at, r.case_version from unnest(%(armed_case_id)s::uuid[], %(armed_case_version)s::int[], %(armed_kind)s::int[]) as r(case_id, case_version, kind)
    join jsonb_to_recordset(%(armed)s) as x(kind int, name text, due_at timestamptz, remind_at timestamptz) using (kind)
), d as (
  delete from clocks k using unnest(%(disarmed)s::uuid[], %(kept)s::text[]) as x(case_id, kept) where k.merchant_id = %(merchant)s and k.case_id = x.case_id and k.name <> x.kept
), i as (
  insert into clocks (merchant_id, case_id, name, due_at, remind_at, case_version) select %(merchant)s, * from a
  on conflict (merchant_id, case_id, name) do update set due_at = excluded.due_at, remind_at = excluded.remind_at, case_version = excluded.case_version, paused_left = null, attempts = 0
), o as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at)
  select %(merchant)s, x.id, x.case_id, x.effect, x.body, coalesce(x.due_at, %(now)s) from jsonb_to_recordset(%(outbox)s) as x(id uuid, case_id uuid, effect text, body jsonb, due_at timestamptz)
), f as (
  insert into commands_done (merchant_id, command_id, case_id, answer, at)
  select %(merchant)s, x.command_id, x.case_id, x.answer, %(now)s from jsonb_to_recordset(%(done)s) as x(command_id uuid, case_id uuid, answer jsonb)
), t as (
  insert into audit (merchant_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, before, after)
  select %(merchant)s, x.id, %(now)s, x.actor_kind, x.actor_id, x.actor_name, x.action, x.subject_kind, x.subject_id, x.before, x.after
  from jsonb_to_recordset(%(audit)s) as x(id uuid, actor_kind text, actor_id text, actor_name text, action text, subject_kind text, subject_id text, before jsonb, after jsonb)
)
select 1 / (case when (select count(*) from u) = %(many)s then 1 else 0 end)

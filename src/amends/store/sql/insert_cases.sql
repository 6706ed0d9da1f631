-- A new application with its service orders, their first events, clocks and messages, in one statement.
with r as (
  select * from json_to_recordset(%(cases)s) as x(id uuid, number text, line_id uuid, type text, reason text, fault text, sku text, category text, quantity int, due_at timestamptz, remind_at timestamptz,
    clock text, state text, waits_on text, event_id uuid, outbox_id uuid, body jsonb, facts jsonb, order_id uuid, buyer_id text, currency text, alert jsonb)
), a as (
  insert into applications (merchant_id, id, order_id, buyer_id, number, opened_at) values (%(merchant)s, %(application)s, %(order)s, %(buyer)s, %(number)s, %(now)s)
), c as (
  insert into cases (merchant_id, id, kind, number, state, application_id, order_id, line_id, buyer_id, type, expectation, reason, fault, sku, category, quantity, waits_on, due_at,
    currency, opened_at, updated_at, facts, alert, version)
  select %(merchant)s, r.id, 'service_order', r.number, r.state, %(application)s, %(order)s, r.line_id, %(buyer)s, r.type, r.type, r.reason, r.fault, r.sku, r.category, r.quantity, r.waits_on, r.due_at,
    r.currency, %(now)s, %(now)s, r.facts, case when r.alert is not null then 'open' end, case when r.alert is null then 1 else 2 end from r
), e as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body)
  select %(merchant)s, r.id, 1, 'applied', r.event_id, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(now)s, r.body from r
), w as (
  -- Words that do not fit the type chosen raise an alert in the same breath (KW-2): the second event.
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body, explanation)
  select %(merchant)s, r.id, 2, 'alert_raised', (r.alert ->> 'id')::uuid, 'system', 'system', 'system', %(now)s, r.alert -> 'body', r.alert -> 'explanation' from r where r.alert is not null
), k as (
  insert into clocks (merchant_id, case_id, name, due_at, remind_at, case_version) select %(merchant)s, r.id, r.clock, r.due_at, r.remind_at, case when r.alert is null then 1 else 2 end from r
), o as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at)
  select %(merchant)s, r.outbox_id, r.id, 'tell_merchant', jsonb_build_object('to', 'merchant', 'event', 'applied', 'command', r.event_id, 'version', 1), %(now)s from r
), d as (
  insert into commands_done (merchant_id, command_id, answer, at) values (%(merchant)s, %(command_id)s, %(answer)s, %(now)s)
), s as (
  insert into considerations (merchant_id, case_id, node, version, due_at) select %(merchant)s, r.id, 'review', 1, %(now)s from r join merchants m on m.id = %(merchant)s and m.automates
)
update files f set case_id = p.case_id from json_to_recordset(%(photos)s) as p(id uuid, case_id uuid) where f.merchant_id = %(merchant)s and f.id = p.id and f.case_id is null

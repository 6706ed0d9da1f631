-- A new cancellation with its pieces, first event, clock and message, in one statement. `fast`: nobody needs to review it (CA-1).
with c as (
  insert into cases (merchant_id, id, kind, number, state, order_id, buyer_id, type, expectation, reason, sku, category, quantity, waits_on, due_at, currency, source, opened_at, updated_at, facts, alert, version)
  values (%(merchant)s, %(id)s, 'cancellation', %(number)s, %(state)s, %(order)s, %(buyer)s, %(type)s, 'refund', %(reason)s, %(sku)s, %(category)s, %(quantity)s, %(waits_on)s, %(due_at)s,
    %(currency)s, %(source)s, %(now)s, %(now)s, %(facts)s, case when %(alert)s::jsonb is not null then 'open' end, case when %(alert)s::jsonb is null then 1 else 2 end)
), l as (
  insert into cancellation_lines (merchant_id, case_id, order_id, line_id, quantity)
  select %(merchant)s, %(id)s, %(order)s, x.line_id, x.quantity from json_to_recordset(%(lines)s) as x(line_id uuid, quantity int)
), e as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body, explanation)
  values (%(merchant)s, %(id)s, 1, 'cancel_applied', %(event_id)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(now)s, %(body)s, %(why)s::jsonb)
), w as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body, explanation)
  select %(merchant)s, %(id)s, 2, 'alert_raised', (a ->> 'id')::uuid, 'system', 'system', 'system', %(now)s, a -> 'body', a -> 'explanation' from (select %(alert)s::jsonb as a) x where a is not null
), k as (
  insert into clocks (merchant_id, case_id, name, due_at, remind_at, case_version) values (%(merchant)s, %(id)s, %(clock)s, %(due_at)s, %(remind_at)s, case when %(alert)s::jsonb is null then 1 else 2 end)
), o as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at) values
    (%(merchant)s, %(outbox_id)s, %(id)s, 'tell_merchant', jsonb_build_object('to', 'merchant', 'event', 'cancel_applied', 'command', %(event_text)s::text, 'version', 1), %(now)s)
), p as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at) -- who reviews it is told (PO-11)
  select %(merchant)s, gen_random_uuid(), %(id)s, 'tell_platform', jsonb_build_object('to', 'platform', 'event', 'cancel_applied', 'command', %(event_text)s::text, 'version', 1), %(now)s
  where %(waits_on)s = 'platform'
), f as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at)
  select %(merchant)s, %(fast_id)s::uuid, %(id)s, 'tell_cancellation', jsonb_build_object('event', 'refunded_at_once', 'command', %(fast_text)s::text), %(now)s where %(fast)s
), s as (
  insert into considerations (merchant_id, case_id, node, version, due_at) select %(merchant)s, %(id)s, 'review', 1, %(now)s from merchants m where m.id = %(merchant)s and m.automates and %(looked_at)s
)
insert into commands_done (merchant_id, command_id, case_id, answer, at) values (%(merchant)s, %(command_id)s, %(id)s, %(answer)s, %(now)s)

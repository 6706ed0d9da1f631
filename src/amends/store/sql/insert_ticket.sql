-- A new ticket with its first event, its words, its clock and messages, in one statement.
with c as (
  insert into cases (merchant_id, id, kind, number, state, parent_id, order_id, buyer_id, type, expectation, reason, sku, quantity, waits_on, due_at, currency, opened_at, updated_at, facts)
  values (%(merchant)s, %(id)s, 'ticket', %(number)s, %(state)s, %(parent)s, %(order)s, %(buyer)s, %(origin)s, %(asks)s, %(subject)s, %(sku)s, 1, 'merchant', %(due_at)s,
    %(currency)s, %(now)s, %(now)s, %(facts)s)
), e as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body)
  values (%(merchant)s, %(id)s, 1, 'ticket_opened', %(event_id)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(now)s, %(body)s)
), m as (
  insert into messages (merchant_id, id, case_id, actor_kind, actor_id, actor_name, body, file_ids, at)
  values (%(merchant)s, %(message)s, %(id)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(words)s, %(files)s::uuid[], %(now)s)
), k as (
  insert into clocks (merchant_id, case_id, name, due_at, remind_at, case_version) values (%(merchant)s, %(id)s, %(clock)s, %(due_at)s, %(remind_at)s, 1)
), o as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at) values
    (%(merchant)s, gen_random_uuid(), %(id)s, 'tell_merchant', jsonb_build_object('to', 'merchant', 'event', 'ticket_opened', 'command', %(event_text)s::text, 'version', 1), %(now)s),
    (%(merchant)s, gen_random_uuid(), %(id)s, 'mail_ticket', %(mail)s || jsonb_build_object('command', %(event_text)s::text), %(now)s)
), p as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at) -- a regulator's ticket is the platform's concern from the first moment
  select %(merchant)s, gen_random_uuid(), %(id)s, 'tell_platform', jsonb_build_object('to', 'platform', 'event', 'ticket_opened', 'command', %(event_text)s::text, 'version', 1), %(now)s
  where %(regulator)s
), t as (
  insert into audit (merchant_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, before, after)
  select %(merchant)s, gen_random_uuid(), %(now)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, 'ticket.open', 'ticket', %(id)s, '{}',
    jsonb_build_object('number', %(number)s::text, 'origin', %(origin)s::text, 'subject', %(subject)s::text)
  where %(actor_kind)s <> 'buyer'
)
insert into commands_done (merchant_id, command_id, case_id, answer, at) values (%(merchant)s, %(command_id)s, %(id)s, %(answer)s, %(now)s)

-- A new dispute with its first event, clock and messages, in one statement (DI-1).
with c as (
  insert into cases (merchant_id, id, kind, number, state, parent_id, order_id, line_id, buyer_id, type, expectation, reason, sku, category, quantity, waits_on, due_at, currency, opened_at, updated_at, facts)
  values (%(merchant)s, %(id)s, 'dispute', %(number)s, %(state)s, %(parent)s, %(order)s, %(line)s, %(buyer)s, %(type)s, %(demand)s, %(type)s, %(sku)s, %(category)s, %(quantity)s, 'merchant', %(due_at)s,
    %(currency)s, %(now)s, %(now)s, %(facts)s)
), e as (
  insert into events (merchant_id, case_id, version, name, command_id, actor_kind, actor_id, actor_name, at, body)
  values (%(merchant)s, %(id)s, 1, 'dispute_opened', %(event_id)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(now)s, %(body)s)
), k as (
  insert into clocks (merchant_id, case_id, name, due_at, remind_at, case_version) values (%(merchant)s, %(id)s, %(clock)s, %(due_at)s, %(remind_at)s, 1)
), o as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at) values
    (%(merchant)s, gen_random_uuid(), %(id)s, 'tell_merchant', jsonb_build_object('to', 'merchant', 'event', 'dispute_opened', 'command', %(event_text)s::text, 'version', 1), %(now)s),
    (%(merchant)s, gen_random_uuid(), %(id)s, 'tell_platform', jsonb_build_object('to', 'platform', 'event', 'dispute_opened', 'command', %(event_text)s::text, 'version', 1), %(now)s)
), a as (
  insert into audit (merchant_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, after)
  select %(merchant)s, gen_random_uuid(), %(now)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, 'dispute.open', 'dispute', %(id)s::text, %(body)s where %(actor_kind)s in ('merchant', 'platform')
)
insert into commands_done (merchant_id, command_id, case_id, answer, at) values (%(merchant)s, %(command_id)s, %(id)s, %(answer)s, %(now)s)

-- Compensations, one statement for one or hundreds; a late shipment that an order has already is left out (CO-1: once per order).
insert into compensations (merchant_id, id, number, kind, state, medium, order_id, case_id, line_id, buyer_id, quantity, asked_minor, amount_minor, currency, reason, words, answer,
  file_ids, asked_kind, asked_by, asked_name, asked_at, due_at, decided_kind, decided_by, decided_name, decided_at, day, paid_at, explanation, clock)
select %(merchant)s, x.id, x.number, x.kind, x.state, x.medium, x.order_id, x.case_id, x.line_id, x.buyer_id, x.quantity, x.asked_minor, x.amount_minor, x.currency, x.reason, x.words,
  x.answer, array(select json_array_elements_text(x.file_ids))::uuid[], x.asked_kind, x.asked_by, x.asked_name, x.asked_at, x.due_at, x.decided_kind, x.decided_by, x.decided_name,
  x.decided_at, x.day, x.paid_at, x.explanation, x.clock
from json_to_recordset(%(rows)s) as x(id uuid, number text, kind text, state text, medium text, order_id uuid, case_id uuid, line_id uuid, buyer_id text, quantity int, asked_minor bigint,
  amount_minor bigint, currency text, reason text, words text, answer text, file_ids json, asked_kind text, asked_by text, asked_name text, asked_at timestamptz, due_at timestamptz,
  decided_kind text, decided_by text, decided_name text, decided_at timestamptz, day date, paid_at timestamptz, explanation jsonb, clock jsonb)
on conflict (merchant_id, order_id) where kind = 'late_shipment' do nothing
returning id::text

-- Tickets (05-tickets): every turn of the merchant as it ended, and what lists look tickets up by.

-- One row a turn: answered with a fixed result (TI-8), or transferred in silence (TI-2), which is recorded against the merchant. took: seconds from the turn's beginning.
create table ticket_turns (
  merchant_id uuid not null,
  case_id uuid not null,
  turn int not null check (turn > 0),
  outcome text not null check (outcome in ('answered', 'transferred')),
  origin text not null,
  subject text not null,
  result text check (result in ('approve', 'reject', 'reissue_without_return', 'ask_buyer', 'refund_without_return', 'reissue_offline', 'buyer_gave_up')),
  took int not null check (took >= 0),
  in_time boolean not null,
  documents boolean not null default false,
  by_name text not null default '',
  at timestamptz not null,
  primary key (merchant_id, case_id, turn, outcome),
  check ((outcome = 'answered') = (result is not null))
);
create index ticket_turns_at on ticket_turns (merchant_id, at);
select amends_wall('ticket_turns', verbs => 'select, insert');
create trigger append_only before update or delete on ticket_turns for each row execute function amends_append_only();
create trigger kept before truncate on ticket_turns for each statement execute function amends_append_only();

-- Red tickets of a merchant (TI-2), tickets of one of the platform's people, earlier tickets of a buyer (TI-7).
create index cases_tickets_red on cases (merchant_id, (facts ->> 'red_at')) where kind = 'ticket' and closed_at is null;
create index cases_tickets_open on cases (state, due_at, id) where kind = 'ticket' and closed_at is null;
create index cases_tickets_buyer on cases (merchant_id, buyer_id, opened_at desc) where kind = 'ticket';

-- A mail is sent, and a service order opened for a ticket (TI-6), with no transaction of theirs open, as what needs the network is.
drop index outbox_due;
drop index outbox_merchant_due;
drop index outbox_outside_due;
drop index outbox_outside_merchant_due;
alter table outbox drop column outside;
alter table outbox add column outside boolean not null generated always as (effect in (
  'send_refund', 'send_payout', 'send_charge', 'cancel_charge', 'reconcile', 'intercept_parcel', 'follow_parcel', 'book_pickup', 'cancel_pickup', 'tell_cancellation',
  'carry_plan', 'apply_remedy', 'undo_remedy', 'open_service_order', 'end_service_order', 'mail_ticket'
)) stored;
create index outbox_due on outbox (due_at) where done_at is null and dead_at is null and not outside;
create index outbox_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and not outside;
create index outbox_outside_due on outbox (due_at) where done_at is null and dead_at is null and outside;
create index outbox_outside_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and outside;

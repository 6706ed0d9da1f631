-- Disputes (04-disputes): evidence as it was filed, which nobody changes afterwards, and what tells a dispute of its subject.

-- Each file filed as evidence: whose it is, what it is said to show, and its digest as it was then (DI-5). Append-only; `files` keeps the bytes.
create table evidence (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  n int not null check (n > 0),
  side text not null check (side in ('buyer', 'merchant', 'platform')),
  kind text not null,
  words text not null,
  file_id uuid not null,
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  size int not null check (size >= 0),
  actor_id text not null,
  actor_name text not null,
  version int not null,
  at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, case_id, n)
);
create index evidence_case on evidence (merchant_id, case_id, at);
select amends_wall('evidence', verbs => 'select, insert');
create trigger append_only before update or delete on evidence for each row execute function amends_append_only();
create trigger kept before truncate on evidence for each statement execute function amends_append_only();

-- One open dispute about the same thing (a case, or an order as such).
create unique index cases_dispute_open on cases (merchant_id, coalesce(parent_id, order_id)) where kind = 'dispute' and closed_at is null;
create index cases_parent on cases (merchant_id, parent_id) where parent_id is not null;

-- Every judgement that stood, with whose fault it found; one that an appeal replaced stands no more (DI-8). Rates of quality are counted from here, by the merchant's day (DI-7, QU-4).
create table judgements (
  merchant_id uuid not null,
  case_id uuid not null,
  n int not null check (n > 0),
  at timestamptz not null,
  liability text not null check (liability in ('merchant', 'buyer', 'carrier', 'platform', 'shared', 'none')),
  outcome text not null check (outcome in ('refund', 'return_and_refund', 'reship', 'compensation', 'nothing')),
  scenario text not null,
  given_minor bigint not null default 0 check (given_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  on_appeal boolean not null default false,
  replaced_at timestamptz,
  primary key (merchant_id, case_id, n)
);
create index judgements_stand on judgements (merchant_id, at) include (liability) where replaced_at is null;
select amends_wall('judgements', verbs => 'select, insert, update');

-- What a judgement gives beside the refund (DI-6). dropped: taken back before it was paid; reversed: taken back when the buyer had it, and left there.
alter table compensations drop constraint compensations_kind_check, drop constraint compensations_state_check, drop constraint compensations_given, drop constraint compensations_paid;
alter table compensations
  add constraint compensations_kind_check check (kind in ('late_shipment', 'goodwill', 'price_protection', 'return_freight', 'judgement')),
  add constraint compensations_state_check check (state in ('asked', 'granted', 'refused', 'paid', 'failed', 'dropped', 'reversed')),
  add constraint compensations_given check ((state in ('granted', 'paid', 'failed', 'dropped', 'reversed')) = (amount_minor > 0)),
  add constraint compensations_paid check ((state in ('paid', 'reversed')) = (paid_at is not null));

-- Plans and remedies are carried out with no transaction of theirs open, as what needs the network is: they open and move other cases (DI-2, DI-7).
drop index outbox_due;
drop index outbox_merchant_due;
drop index outbox_outside_due;
drop index outbox_outside_merchant_due;
alter table outbox drop column outside;
alter table outbox add column outside boolean not null generated always as (effect in (
  'send_refund', 'send_payout', 'send_charge', 'cancel_charge', 'reconcile', 'intercept_parcel', 'follow_parcel', 'book_pickup', 'cancel_pickup', 'tell_cancellation',
  'carry_plan', 'apply_remedy', 'undo_remedy'
)) stored;
create index outbox_due on outbox (due_at) where done_at is null and dead_at is null and not outside;
create index outbox_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and not outside;
create index outbox_outside_due on outbox (due_at) where done_at is null and dead_at is null and outside;
create index outbox_outside_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and outside;

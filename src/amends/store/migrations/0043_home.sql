-- Calls for help (SO-30) and what the first pages count.

-- Who called the platform in, why, and what it answered. A buyer's "not solved" and a pack's own rule are calls too. One answer closes what is open of its case.
create table calls (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  version int not null,
  side text not null check (side in ('merchant', 'buyer', 'system')),
  actor_id text,
  actor_name text,
  cause text not null default '',
  words text not null default '',
  at timestamptz not null,
  answered_at timestamptz,
  answered_by text,
  answered_name text,
  answer text,
  dispute text,
  primary key (merchant_id, id),
  unique (merchant_id, case_id, version),
  check (answered_at is null or answer is not null)
);
create index calls_waiting on calls (at, id) where answered_at is null;
create index calls_answered on calls (answered_at, id) where answered_at is not null;
create index calls_of_merchant on calls (merchant_id, at, id);
select amends_wall('calls', verbs => 'select, insert, update');

-- What has waited too long in a list where waiting counts (CA-5): found by when it was opened.
create index cases_waiting on cases (merchant_id, kind, state, opened_at) where closed_at is null;
-- Late with the merchant, so that the platform may act in its place (SO-18): few among many, over all merchants.
create index cases_late on cases (kind, due_at, id) where closed_at is null and facts ->> 'late' = 'true';
-- Tickets that are or will be red (TI-2), over all merchants: only those in a turn of the merchant have such a moment.
create index cases_reddening on cases (due_at, id) where kind = 'ticket' and closed_at is null and facts ->> 'red_at' is not null;

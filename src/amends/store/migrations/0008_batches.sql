-- A command for a whole filter, worked off by the worker in pieces, with the result of each case.

create table batches (
  merchant_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  command text not null,
  body jsonb not null default '{}',
  filters jsonb not null default '{}',
  total int not null default 0 check (total >= 0),
  done int not null default 0 check (done >= 0),
  refused int not null default 0 check (refused >= 0),
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (merchant_id, id)
);
create index batches_waiting on batches (merchant_id, started_at) where finished_at is null;
select amends_wall('batches');

create table batch_cases (
  merchant_id uuid not null,
  batch_id uuid not null,
  case_id uuid not null,
  outcome text check (outcome in ('done', 'refused')),
  refusal jsonb,
  primary key (merchant_id, batch_id, case_id)
);
select amends_wall('batch_cases');

-- Strategies: tables by node, versions, what waits to be considered, what was decided and would have been, limits, trials and runs (SA-1 … SA-9).

-- One table of rows for each kind of case and node. version 0: nothing published. draft null: it is what is published. draft_version grows with every change of the draft.
-- works: some row of the published version is on or looks on. moves: some such row asks for what time alone changes; looked_at: when waiting cases were last all left for another look;
-- place: the case a look that is under way has come to.
create table strategy_tables (
  merchant_id uuid not null,
  kind text not null check (kind in ('service_order', 'cancellation')),
  node text not null check (node in ('review', 'receipt', 'processing')),
  version int not null default 0 check (version >= 0),
  draft jsonb,
  draft_version int not null default 0 check (draft_version >= 0),
  draft_by text not null default '',
  draft_at timestamptz,
  works boolean not null default false,
  moves boolean not null default false,
  looked_at timestamptz,
  place text not null default '',
  primary key (merchant_id, kind, node)
);
create index strategy_tables_moves on strategy_tables (looked_at nulls first) where works and moves;
select amends_wall('strategy_tables');

-- Published versions, never changed.
create table strategy_versions (
  merchant_id uuid not null,
  kind text not null,
  node text not null,
  version int not null check (version > 0),
  rows jsonb not null check (jsonb_typeof(rows) = 'array'),
  how text not null check (how in ('published', 'switched', 'rolled_back')),
  note text not null default '',
  by_id text not null,
  by_name text not null,
  at timestamptz not null,
  primary key (merchant_id, kind, node, version)
);
select amends_wall('strategy_versions', verbs => 'select, insert');

-- Cases that entered a node and have not been looked at yet by what decides by itself: one row a case, the newest entry counts.
-- due_at is put ahead while a worker looks; a worker that dies leaves the row to the next one.
create table considerations (
  merchant_id uuid not null,
  case_id uuid not null,
  node text not null,
  version int not null,
  due_at timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  last_error text,
  primary key (merchant_id, case_id)
) with (fillfactor = 80);
create index considerations_due on considerations (due_at);
create index considerations_merchant_due on considerations (merchant_id, due_at);
select amends_wall('considerations');

-- What a row of a table did (fired), would have done (shadow), or was kept from (refused, with the reason). `case_version` is the one it looked at.
create table strategy_decisions (
  merchant_id uuid not null,
  case_id uuid not null,
  case_version int not null,
  node text not null,
  row_id uuid not null,
  kind text not null,
  table_version int not null,
  outcome text not null check (outcome in ('fired', 'shadow', 'refused')),
  command text not null,
  refusal jsonb,
  amount_minor bigint not null default 0,
  buyer_id text not null default '',
  day date not null,
  at timestamptz not null,
  primary key (merchant_id, case_id, case_version, node, row_id)
);
create index strategy_decisions_row on strategy_decisions (merchant_id, row_id, outcome, at desc, case_id);
create index strategy_decisions_at on strategy_decisions (merchant_id, kind, node, at);
select amends_wall('strategy_decisions');

-- What counts against limits, by the merchant's day: for a buyer, and with buyer_id '' for everybody together.
create table strategy_counts (
  merchant_id uuid not null,
  row_id uuid not null,
  buyer_id text not null,
  day date not null,
  n int not null check (n >= 0),
  amount_minor bigint not null check (amount_minor >= 0),
  primary key (merchant_id, row_id, buyer_id, day)
);
select amends_wall('strategy_counts');

-- Held by whoever acts for a row that has limits, so that two workers count after one another.
create table strategy_locks (
  merchant_id uuid not null,
  row_id uuid not null,
  primary key (merchant_id, row_id)
);
select amends_wall('strategy_locks');

-- Long work with its progress: a trial over past cases, or a table given to what already waits (SA-7, SA-8).
create table strategy_runs (
  merchant_id uuid not null,
  id uuid not null,
  sort text not null check (sort in ('trial', 'waiting')),
  kind text not null,
  node text not null,
  version int not null,
  rows jsonb not null default '[]',
  days int not null default 0,
  since timestamptz not null,
  total int not null default 0,
  done int not null default 0,
  decided int not null default 0,
  place text not null default '',
  report jsonb not null default '{}',
  by_name text not null,
  started_at timestamptz not null,
  claimed_until timestamptz,
  stopped_at timestamptz,
  finished_at timestamptz,
  last_error text,
  primary key (merchant_id, id)
);
create index strategy_runs_waiting on strategy_runs (started_at) where finished_at is null and stopped_at is null;
create index strategy_runs_recent on strategy_runs (merchant_id, kind, node, started_at desc);
select amends_wall('strategy_runs');

-- Cases on which people and rows differ in a trial.
create table strategy_run_cases (
  merchant_id uuid not null,
  run_id uuid not null,
  case_id uuid not null,
  people text not null,
  people_name text not null default '',
  people_words text not null default '',
  strategy text not null,
  row_id uuid not null,
  amount_minor bigint not null default 0,
  decided_at timestamptz not null,
  primary key (merchant_id, run_id, case_id)
);
select amends_wall('strategy_run_cases');
do $$
declare t text;
begin
  foreach t in array array['considerations', 'strategy_decisions', 'strategy_counts', 'strategy_run_cases'] loop
    execute format('alter table %I alter column merchant_id set statistics 0', t);
  end loop;
end $$;

-- Suspended clocks: what re-timing needs (PO-15).

-- Reference: every making, changing, ending and taking back of a suspension, in order. `before`: the suspension as it was.
create table suspension_changes (
  revision bigint generated always as identity primary key,
  suspension_id uuid not null references suspensions (id),
  what text not null check (what in ('made', 'changed', 'ended_early', 'withdrawn')),
  made_by text not null,
  at timestamptz not null,
  before jsonb
);
create index suspension_changes_of on suspension_changes (suspension_id, revision);
alter table suspension_changes enable row level security;
alter table suspension_changes force row level security;
create policy readable on suspension_changes for select to amends_app, amends_platform using (true);
create policy whole on suspension_changes to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select on suspension_changes to amends_app;
grant select, insert on suspension_changes to amends_platform;

-- How far a merchant's armed clocks have followed a change. `horizon`: transactions below it may still arm a clock without knowing of the change, so the round begins when they have
-- ended; `after`: the last case that was looked at. A later change of the same merchant takes an unfinished round over.
create table suspension_runs (
  merchant_id uuid not null,
  revision bigint not null references suspension_changes (revision),
  horizon xid8,
  after uuid,
  looked int not null default 0 check (looked >= 0),
  moved int not null default 0 check (moved >= 0),
  done_at timestamptz,
  primary key (merchant_id, revision)
);
create index suspension_runs_open on suspension_runs (merchant_id, revision) where done_at is null;
create index suspension_runs_revision on suspension_runs (revision);
select amends_wall('suspension_runs');

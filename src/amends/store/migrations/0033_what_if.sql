-- Packs: who was given which version since when (PO-18), releases and whom they reach, and what-if runs over past cases (PO-14).

-- A draft counts its savings, so that the second of two editors is told. released_at: since when its document stands for good.
alter table pack_versions add column edit int not null default 1 check (edit > 0);
alter table pack_versions add column edited_by text not null default '';
alter table pack_versions add column edited_at timestamptz;
alter table pack_versions add column released_at timestamptz;

-- Reference: to whom a version is given. Reached: the merchants named, and of those whose pack is among of_packs the share whose bucket lies below percent (100: everybody).
-- carried_at null: it was made or changed and the worker (or whoever made it) has not carried it out yet, which happens from starts_at on.
create table pack_releases (
  pack text not null,
  version int not null,
  of_packs text[] not null,
  percent int not null default 0 check (percent between 0 and 100),
  merchants uuid[] not null default '{}',
  starts_at timestamptz not null,
  note text not null default '',
  made_by text not null,
  made_at timestamptz not null,
  changed_at timestamptz not null,
  carried_at timestamptz,
  withdrawn_at timestamptz,
  primary key (pack, version),
  foreign key (pack, version) references pack_versions (pack, version)
);
create index pack_releases_waiting on pack_releases (starts_at) where carried_at is null;
alter table pack_releases enable row level security;
alter table pack_releases force row level security;
create policy readable on pack_releases for select to amends_app, amends_platform using (true);
create policy whole on pack_releases to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select on pack_releases to amends_app;
grant select, insert, update, delete on pack_releases to amends_platform;

-- What a merchant was given since when, and why; only ever added to. seq orders what one transaction gave and took.
create table pack_assignments (
  merchant_id uuid not null,
  since timestamptz not null,
  seq bigint generated always as identity,
  pack text not null,
  version int not null,
  why text not null check (why in ('began', 'released', 'withdrawn', 'moved')),
  given_by text not null,
  primary key (merchant_id, seq)
);
select amends_wall('pack_assignments', verbs => 'select, insert');

-- One replay of past cases under another document, worked off by the worker in pieces. A platform's own: it crosses merchants.
-- merchants empty: all whose pack is among of_packs. after_*: the last case that was looked at.
create table what_if_runs (
  id uuid primary key,
  pack text not null,
  version int not null,
  document jsonb not null,
  of_packs text[] not null,
  merchants uuid[] not null default '{}',
  since timestamptz not null,
  until timestamptz not null,
  total int not null,
  looked int not null default 0,
  differing int not null default 0,
  counts jsonb not null default '{}',
  after_merchant uuid,
  after_case uuid,
  made_by text not null,
  made_at timestamptz not null,
  finished_at timestamptz
);
create index what_if_waiting on what_if_runs (made_at) where finished_at is null;
create index what_if_of on what_if_runs (pack, version, made_at desc);
alter table what_if_runs enable row level security;
alter table what_if_runs force row level security;
create policy whole on what_if_runs to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select, insert, update, delete on what_if_runs to amends_platform;

create table what_if_differences (
  merchant_id uuid not null,
  run_id uuid not null,
  case_id uuid not null,
  nth int not null,
  kind text not null,
  about text not null default '',
  was jsonb not null,
  would_be jsonb not null,
  amount_minor bigint,
  currency text,
  primary key (merchant_id, run_id, case_id, nth)
);
create index what_if_kinds on what_if_differences (run_id, kind, merchant_id, case_id);
select amends_wall('what_if_differences');

-- Policy packs as versions that are never changed once written (PO-14, PO-18), the periods in which clocks stand still (PO-15), and which merchants act by themselves.

-- Reference: every version of every pack that any case was opened under. Built-in packs are written here when the product starts with a version that is not here yet.
-- state: draft (being edited), released (may be given to merchants), withdrawn (given to nobody new). document: the file as data, checked before it is written.
create table pack_versions (
  pack text not null check (pack ~ '^[a-z][a-z0-9_]{1,40}$'),
  version int not null check (version > 0),
  state text not null check (state in ('draft', 'released', 'withdrawn')),
  document jsonb not null,
  copied_from text,
  valid_from date not null,
  made_by text not null,
  made_at timestamptz not null,
  note text not null default '',
  primary key (pack, version)
);
alter table pack_versions enable row level security;
alter table pack_versions force row level security;
create policy readable on pack_versions for select to amends_app, amends_platform using (true);
create policy whole on pack_versions to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select on pack_versions to amends_app;
grant select, insert, update, delete on pack_versions to amends_platform;

-- Which version a merchant's new cases are opened under; 0: the one that comes with the product. `pack_ref` names both in one word.
alter table merchants add column pack_version int not null default 0 check (pack_version >= 0);
alter table merchants add column pack_ref text not null generated always as (pack || '@' || pack_version::text) stored;
-- Whether anything decides by itself for this merchant (a strategy that is on or looks on, fast review): cases of others are not even looked at.
alter table merchants add column automates boolean not null default false;

-- Reference: named periods in which kinds of clock stand still; empty lists mean all. Half-open [starts_at, ends_at).
create table suspensions (
  id uuid primary key,
  zh text not null check (zh <> ''),
  en text not null check (en <> ''),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  clocks text[] not null default '{}',
  regions text[] not null default '{}',
  made_by text not null,
  made_at timestamptz not null,
  withdrawn_at timestamptz,
  check (ends_at > starts_at)
);
alter table suspensions enable row level security;
alter table suspensions force row level security;
create policy readable on suspensions for select to amends_app, amends_platform using (true);
create policy whole on suspensions to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select on suspensions to amends_app;
grant select, insert, update on suspensions to amends_platform;

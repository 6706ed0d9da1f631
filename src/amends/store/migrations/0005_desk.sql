-- The desk: audit, drafts, saved views, imports.

-- Who did what, from where, before and after. merchant_id is the zero uuid for the platform's own doings.
create table audit (
  merchant_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text,
  actor_name text,
  action text not null,
  subject_kind text,
  subject_id text,
  address inet,
  correlation_id text,
  before jsonb,
  after jsonb,
  primary key (merchant_id, id)
);
create index audit_at on audit (merchant_id, at desc, id);
create index audit_actor on audit (merchant_id, actor_id, at desc);
create index audit_subject on audit (merchant_id, subject_kind, subject_id, at desc);
select amends_wall('audit', verbs => 'select, insert');
revoke update, delete, truncate on audit from public, amends_app, amends_platform;
create trigger append_only before update or delete on audit for each row execute function amends_append_only();
create trigger kept before truncate on audit for each statement execute function amends_append_only();

-- What somebody typed and has not sent, so that nothing typed is lost.
create table drafts (
  merchant_id uuid not null,
  person_id text not null,
  case_id uuid not null,
  command text not null,
  body jsonb not null default '{}',
  case_version int,
  saved_at timestamptz not null,
  primary key (merchant_id, person_id, case_id, command)
);
select amends_wall('drafts');

-- person_id null: shared by the whole merchant.
create table saved_views (
  merchant_id uuid not null,
  id uuid not null,
  person_id uuid,
  screen text not null,
  name text not null,
  filters jsonb not null default '{}',
  position int not null default 0,
  primary key (merchant_id, id),
  unique nulls not distinct (merchant_id, person_id, screen, name)
);
select amends_wall('saved_views');

create table imports (
  merchant_id uuid not null,
  id uuid not null,
  kind text not null,
  file_name text not null,
  sha256 bytea,
  dry_run boolean not null default false,
  started_by uuid,
  started_at timestamptz not null,
  finished_at timestamptz,
  rows_read int not null default 0 check (rows_read >= 0),
  rows_new int not null default 0 check (rows_new >= 0),
  rows_changed int not null default 0 check (rows_changed >= 0),
  rows_refused int not null default 0 check (rows_refused >= 0),
  primary key (merchant_id, id)
);
create index imports_started on imports (merchant_id, started_at desc, id);
select amends_wall('imports');

create table import_errors (
  merchant_id uuid not null,
  import_id uuid not null,
  line int not null,
  position int not null default 0,
  code text not null,
  field text,
  reason_zh text not null,
  reason_en text not null,
  raw text,
  primary key (merchant_id, import_id, line, position),
  foreign key (merchant_id, import_id) references imports (merchant_id, id) on delete cascade
);
select amends_wall('import_errors');

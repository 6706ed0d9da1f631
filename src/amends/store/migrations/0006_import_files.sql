-- Files on their way in: how far an import is, how its columns are read, and the bytes until they are taken in.
-- rows_* of imports count orders, rows_read counts rows of the files. merchant_id is the zero uuid for the platform's own imports.

alter table imports add column state text not null default 'done' check (state in ('draft', 'waiting', 'running', 'done', 'failed'));
alter table imports add column mapping jsonb not null default '{}';
alter table imports add column rows_unchanged int not null default 0 check (rows_unchanged >= 0);
alter table imports add column orders_done int not null default 0 check (orders_done >= 0);
alter table imports add column trouble_zh text;
alter table imports add column trouble_en text;
alter table imports add column claim uuid;
alter table imports add column claimed_until timestamptz;
create index imports_open on imports (merchant_id, started_at) where state in ('waiting', 'running');

create table import_files (
  merchant_id uuid not null,
  import_id uuid not null,
  position int not null default 0,
  name text not null,
  bytes bytea not null,
  primary key (merchant_id, import_id, position),
  foreign key (merchant_id, import_id) references imports (merchant_id, id) on delete cascade
);
select amends_wall('import_files');

-- Which seller of which source a merchant is, so that a second import finds it again.
create unique index merchants_source on merchants ((settings ->> 'source')) where settings ? 'source';

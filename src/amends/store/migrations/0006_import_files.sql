-- The bytes of an uploaded order file, kept until the worker has taken it in, and how its columns are to be read.

create table import_files (
  merchant_id uuid not null,
  import_id uuid not null,
  position int not null default 0,
  name text not null,
  bytes bytea not null,
  mapping jsonb not null default '{}',
  taken_at timestamptz,
  primary key (merchant_id, import_id, position)
);
create index import_files_waiting on import_files (merchant_id, import_id) where taken_at is null;
select amends_wall('import_files');

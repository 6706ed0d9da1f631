-- Where the platform's spare-parts store is (PO-8): what comes back to the platform is sent there, and a case keeps the address it was told. One row, kept by the platform's people.
create table platform_store (
  one boolean primary key default true check (one),
  receiver text not null check (receiver <> ''),
  phone text not null check (phone <> ''),
  province text not null check (province <> ''),
  city text not null,
  district text not null check (district <> ''),
  detail text not null check (detail <> ''),
  changed_by text not null,
  changed_at timestamptz not null
);
alter table platform_store enable row level security;
alter table platform_store force row level security;
create policy readable on platform_store for select to amends_app, amends_platform using (true);
create policy whole on platform_store to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select on platform_store to amends_app;
grant select, insert, update on platform_store to amends_platform;

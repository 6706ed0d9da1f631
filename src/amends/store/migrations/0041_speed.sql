-- Speed (docs/decisions/0006): the wall reads whose turn it is once a statement, and looking at cases costs their queue less.

-- As in 0001, but the setting is read once a statement instead of once a row.
create or replace function amends_wall(tab regclass, col text default 'merchant_id', verbs text default 'select, insert, update, delete')
returns void language plpgsql as $$
declare
  own text := format('%I = (select nullif(current_setting(''amends.merchant'', true), '''')::uuid)', col);
  whole text := '(select current_setting(''amends.scope'', true)) = ''platform''';
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy own on %s to amends_app using (%s) with check (%s)', tab, own, own);
  execute format('create policy whole on %s to amends_platform using (%s) with check (%s)', tab, whole, whole);
  execute format('grant %s on %s to amends_app, amends_platform', verbs, tab);
end $$;

-- The walls that stand already. Only those of exactly this shape: whoever made another one meant it.
do $$
declare
  p record;
  mine text := '= (select nullif(current_setting(''amends.merchant'', true), '''')::uuid)';
  whole text := '(select current_setting(''amends.scope'', true)) = ''platform''';
begin
  for p in
    select format('%I.%I', schemaname, tablename) as tab, policyname as name, substring(qual from '^\((\w+) = \(NULLIF\(current_setting\(''amends\.merchant''::text, true\), ''''::text\)\)::uuid\)$') as col,
      qual = '(current_setting(''amends.scope''::text, true) = ''platform''::text)' as platform, with_check is not distinct from qual as both_ways
    from pg_policies where schemaname = current_schema()
  loop
    if p.both_ways and p.col is not null then
      execute format('alter policy %I on %s using (%I %s) with check (%I %s)', p.name, p.tab, p.col, mine, p.col, mine);
    elsif p.both_ways and p.platform then
      execute format('alter policy %I on %s using (%s) with check (%s)', p.name, p.tab, whole, whole);
    end if;
  end loop;
end $$;

-- A worker that looks at a case says so beside its place in the queue, not in it: the row stays where it is, and no index is written.
-- Merchants with something to look at are found through the queue of each.
alter table considerations add column leased_until timestamptz;
alter table considerations set (fillfactor = 45);
drop index considerations_due;

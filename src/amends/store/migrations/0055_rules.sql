-- Rules of this session: answer times of compensation stand still with a suspension, as clocks of cases do (PO-15).

-- What has to stay with a time to find it again: its name, the time that makes it run, and when it would be due if nothing stood still (see core/retiming.py). Empty on rows from before.
alter table compensations add column clock jsonb not null default '{}';

-- When a time of an order is due that began then and would be due at `due`, under the suspensions that stop it (see core/retiming.py; this one runs day and night). `given`: the instant was
-- promised then, knowing the suspensions of its day, so only later ones move it; null for a span of the pack. Provinces are told apart by their first two characters, as all of them can be.
create function amends_later(the_clock text, began timestamptz, due timestamptz, province text, given timestamptz) returns timestamptz language plpgsql stable as $$
declare
  stop record;
  out timestamptz := due;
  counted timestamptz := began;
begin
  if began is null or due is null then
    return due;
  end if;
  for stop in
    select s.starts_at, s.ends_at from suspensions s
    where s.withdrawn_at is null and s.ends_at > began and (s.clocks = '{}' or the_clock = any(s.clocks)) and (given is null or s.made_at > given)
      and (s.regions = '{}' or exists (select 1 from unnest(s.regions) r where left(r, 2) = left(province, 2)))
    order by s.starts_at, s.ends_at
  loop
    exit when greatest(stop.starts_at, began) >= out;
    if stop.ends_at > counted then
      out := out + (stop.ends_at - greatest(stop.starts_at, counted));
      counted := stop.ends_at;
    end if;
  end loop;
  return out;
end $$;

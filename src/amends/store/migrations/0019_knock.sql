-- One statement at the API's door: whose key this is, how often it has knocked in this minute, what was asked under its Idempotency-Key.
-- It runs before a merchant is known, so it sees all keys by itself (security definer, platform scope) and answers with one of them at most.

create function amends_knock(the_prefix text, the_hash bytea, at_ timestamptz, window_ timestamptz, most int, request uuid, print_ bytea, kept interval)
returns table (key_id text, merchant text, key_name text, rights text[], knocks int, asked bytea)
language plpgsql security definer set search_path = public as $$
declare k record;
begin
  perform set_config('amends.scope', 'platform', true);  -- until the end of the transaction; it opens nothing to other roles
  select a.id, a.merchant_id, a.name, a.permissions, a.used_at into k from api_keys a left join merchants m on m.id = a.merchant_id
    where a.prefix = the_prefix and a.key_hash = the_hash and a.revoked_at is null and (a.expires_at is null or a.expires_at > at_) and m.closed_at is null;
  if not found then return; end if;
  if k.used_at is null or k.used_at <= at_ - interval '1 minute' then
    update api_keys a set used_at = at_ where a.id = k.id;
  end if;
  insert into rate_limits as r (key, window_start, count) values ('api:' || k.id, window_, 1)
    on conflict (key) do update set count = case when r.window_start = excluded.window_start then r.count + 1 else 1 end, window_start = excluded.window_start
    returning r.count into knocks;
  if request is not null and knocks <= most then
    insert into api_requests as a (id, key, fingerprint, at) values (request, 'api:' || k.id, print_, at_)
      on conflict (id) do update set at = a.at returning a.fingerprint into asked;
  end if;
  if knocks = 1 then
    delete from api_requests a where a.key = 'api:' || k.id and a.at < at_ - kept;
  end if;
  key_id := k.id::text; merchant := k.merchant_id::text; key_name := k.name; rights := k.permissions;
  return next;
end $$;
revoke execute on function amends_knock from public;
grant execute on function amends_knock to amends_app;
-- It belongs to the platform's role, not to whoever migrates: an owner who is no superuser stands behind the wall as well.
grant create on schema public to amends_platform;
alter function amends_knock owner to amends_platform;
revoke create on schema public from amends_platform;

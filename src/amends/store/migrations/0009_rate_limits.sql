-- How many requests a key has made in the present window; worth nothing after it, so not logged.

create unlogged table rate_limits (
  key text primary key,
  window_start timestamptz not null,
  count int not null
) with (fillfactor = 50);
grant select, insert, update, delete on rate_limits to amends_app, amends_platform;

-- What was asked under an Idempotency-Key, so that another body under the same key is noticed. That a command acts once
-- rests on commands_done, not on this, so it is not logged either. `id` is the command id, a UUIDv5 of the API key and the Idempotency-Key.
create unlogged table api_requests (
  id uuid primary key,
  key text not null,
  fingerprint bytea not null,
  at timestamptz not null
);
create index api_requests_old on api_requests (key, at);
grant select, insert, update, delete on api_requests to amends_app, amends_platform;

-- How many requests a key has made in the present window; worth nothing after it, so not logged.

create unlogged table rate_limits (
  key text primary key,
  window_start timestamptz not null,
  count int not null
);
grant select, insert, update, delete on rate_limits to amends_app, amends_platform;

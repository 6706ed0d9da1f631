-- Tries to prove an order by its phone (UI-4), by order number and by address. Kept over a restart: a delay that a crash forgets protects nobody.
-- No merchant: who asks has not proved anything yet, and the answer is the same for an order that does not exist.

create table phone_proofs (
  key text primary key,
  failures int not null check (failures >= 0),
  tried_at timestamptz not null,
  open_at timestamptz not null
);
grant select, insert, update, delete on phone_proofs to amends_app, amends_platform;

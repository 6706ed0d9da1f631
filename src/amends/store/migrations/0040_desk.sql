-- The platform's desk: who of the platform has a case in hand, demands that went beyond the rules, and what the queue and the precedents are read by.

-- One person of the platform works on a case (04-disputes, UI-5). The case itself is not touched: assignment is the platform's own business, and merchants are not shown it.
create table desk_assignments (
  merchant_id uuid not null,
  case_id uuid not null,
  kind text not null check (kind in ('dispute', 'ticket')),
  person_id uuid not null,
  person_name text not null,
  by_id text not null,
  by_name text not null,
  at timestamptz not null,
  primary key (merchant_id, case_id)
);
create index desk_assignments_person on desk_assignments (person_id, kind, at);
select amends_wall('desk_assignments');
revoke all on desk_assignments from amends_app; -- nor can a merchant's connection read it

-- A demand of a buyer for money beyond the rules, as a merchant's agent marked it (DI-11). Withdrawn by the platform when it was wrong; nobody deletes it, and buyers never see it.
create table buyer_marks (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  buyer_id text not null,
  reason text not null,
  words text not null,
  actor_id text not null,
  actor_name text not null,
  at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawn_name text,
  withdrawn_words text,
  primary key (merchant_id, id),
  unique (merchant_id, case_id),
  constraint buyer_marks_withdrawn check ((withdrawn_at is null) = (withdrawn_by is null))
);
create index buyer_marks_buyer on buyer_marks (merchant_id, buyer_id, at desc);
create index buyer_marks_at on buyer_marks (at desc, id);
select amends_wall('buyer_marks', verbs => 'select, insert, update');

-- The queue of the desk, over all merchants: open disputes are few beside all cases. And what was judged, for precedents.
create index cases_disputes on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null;
create index cases_disputes_state on cases (state, due_at, id) where kind = 'dispute' and closed_at is null;
create index cases_precedents on cases (type, opened_at desc, id) where kind = 'dispute' and fault is not null;
create index cases_judged on cases (merchant_id, opened_at desc) where kind = 'dispute' and fault is not null;

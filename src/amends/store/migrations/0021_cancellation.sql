-- Cancellations: where one comes from (CA-6), which pieces of which lines it is about (CA-7), and how many pieces of a line are given up.

alter table cases add column source text check (source in ('buyer', 'staff', 'dispute_direct_refund', 'dispute_48h_interception'));
create index cases_source on cases (merchant_id, kind, source, opened_at desc, id) where source is not null;

-- Systems of shops fetch what has changed since they last asked.
create index cases_cancellation_changed on cases (merchant_id, updated_at, id) where kind = 'cancellation';

create table cancellation_lines (
  merchant_id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  line_id uuid not null,
  quantity int not null check (quantity > 0),
  primary key (merchant_id, case_id, line_id)
);
create index cancellation_lines_order on cancellation_lines (merchant_id, order_id);
select amends_wall('cancellation_lines');

alter table order_lines add column cancelled_quantity int not null default 0;
alter table order_lines add constraint order_lines_cancelled check (cancelled_quantity between 0 and quantity);

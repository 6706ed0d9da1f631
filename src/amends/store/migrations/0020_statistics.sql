-- A merchant that has just come is in no statistics, and the planner takes it for empty: then any index that begins with the merchant
-- looks as good as the right one, and a batch reads the whole merchant for each of its rows. Without statistics of this column every
-- merchant is taken for a two-hundredth of the table, and the ways by primary and unique key win, as they should.
-- Not for cases and clocks: their queues need to know a large merchant, and what writes them names the ids.

do $$
declare t text;
begin
  foreach t in array array['orders', 'order_lines', 'payments', 'parcels'] loop
    execute format('alter table %I alter column merchant_id set statistics 0', t);
  end loop;
end $$;

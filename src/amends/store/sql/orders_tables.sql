-- The batch on its way in: four tables of this transaction, filled by COPY. nr is the order's index in the batch.
-- ours and here_* tell of an order that is here already what the comparison asks of it (orders_known).
create temp table t_orders (
  nr int, merchant_id uuid, id uuid, number text, state text, sub_state text, buyer_id text, buyer_level int, channel text, fulfilment_mode text,
  platform_delivery boolean, currency text, freight_minor bigint, paid_minor bigint, refunded_minor bigint, receiver text, phone text, province text,
  city text, district text, detail text, placed_at timestamptz, paid_at timestamptz, promised_ship_by timestamptz, shipped_at timestamptz,
  delivered_at timestamptz, receipt_confirmed_at timestamptz, completed_at timestamptz, remarks text, facts jsonb, balance_due_at timestamptz,
  status text default 'new', ours boolean, here_refunded bigint, here_currency text
) on commit drop;
create temp table t_lines (
  nr int, id uuid, position int, sku text, title text, category text, quantity int, unit_price_minor bigint, paid_minor bigint, coupon_minor bigint,
  points_used bigint, points_granted bigint, refunded_minor bigint, tags text[], gift boolean, gift_sku text, gift_of uuid, known boolean default false
) on commit drop;
create temp table t_payments (
  nr int, id uuid, provider text, provider_ref text, method text, amount_minor bigint, refunded_minor bigint, paid_at timestamptz, position int
) on commit drop;
create temp table t_parcels (nr int, id uuid, carrier text, waybill text, sent_at timestamptz, signed_at timestamptz) on commit drop;
create temp table t_refused (nr int, code text, field text, fact text) on commit drop;

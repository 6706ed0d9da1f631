-- The list of orders by state, newest first, without walking through all orders of the merchant.
create index orders_state on orders (merchant_id, state, placed_at desc, id);

-- Orders delivered and not yet confirmed, so that the worker finds the first that confirms itself without walking through all orders.
create index orders_unconfirmed on orders (merchant_id, delivered_at) where state = 'delivered' and receipt_confirmed_at is null;

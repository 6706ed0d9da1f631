"""PostgreSQL: migrations, named queries, set-based writes, screens. The only room that knows SQL."""

"""The HTTP API /api/v1: one table of operations, from which routes, the OpenAPI document and its page are read (IN-1, IN-2)."""

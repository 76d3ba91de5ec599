"""PostgreSQL as the store uses it: a pooled connection is tried before it is used."""

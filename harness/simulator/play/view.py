"""CREATE VIEW and materialized views."""

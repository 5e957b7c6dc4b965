"""PL/pgSQL bodies as trees: of DO blocks, functions, and trigger functions."""

from harness.sql.plpgsql.body import block

__all__ = ["block"]

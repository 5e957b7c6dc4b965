"""Enums, domains, ranges and composite types."""

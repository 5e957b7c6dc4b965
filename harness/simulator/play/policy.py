"""Policies and rules."""

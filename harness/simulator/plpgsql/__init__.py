"""Carries out DO blocks, functions and trigger functions in plpgsql."""

"""Finds the commit that broke a ladder: its history read through git, each state of it replayed once."""

"""Renders a run's journal: the same records give the same text."""

"""Scenarios: what is booted, in which steps, and what is expected; read, prepared and carried out."""

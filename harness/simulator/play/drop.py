"""DROP, and what goes with it."""

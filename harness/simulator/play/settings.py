"""SET, transactions, and what has no effect on the catalog."""

"""What a query gives and what INSERT, UPDATE and DELETE do to the rows, with UNKNOWN where that cannot be told."""

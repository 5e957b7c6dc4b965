"""DO blocks and CALL."""

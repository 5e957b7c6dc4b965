"""SELECT, INSERT, UPDATE, DELETE and their kin."""

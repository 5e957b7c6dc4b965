"""COMMENT and security labels."""

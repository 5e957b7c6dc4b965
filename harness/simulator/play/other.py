"""Statements about objects that nothing else depends on."""

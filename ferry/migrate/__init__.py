"""Carries the databases: their schemas, their rows, the change of the applications to Aurora."""

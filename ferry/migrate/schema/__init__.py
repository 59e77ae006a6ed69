"""Carries the schemas: what pg_dump says of the source, in the order that DMS needs.

What is decided is pure: `archive` reads what pg_restore writes, `phases` knows when each kind of
object is made and why, `roles`, `order` and `drift` say what is to be done and what differs.
`programs` runs pg_dump and pg_restore, `reading` asks the servers, `carrying` does what was decided.
"""

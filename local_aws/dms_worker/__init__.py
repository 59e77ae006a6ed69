"""A DMS replication task that moves data between two PostgreSQL servers: one process a task.

What it does as DMS does it: one slot of `test_decoding` a task, full load from the slot's snapshot
with sub-tasks and ranges, changes in the source's order, each once; what is not carried (keyless
updates, new values of a key, TRUNCATE, infinities, decimals beyond six), what is suspended, what
lands in `awsdms_apply_exceptions`.

What it is no proof of: DMS's speed, memory and bugs; which values DMS writes otherwise than
PostgreSQL prints them; batch apply, which is applied here in order as well; DDL, which DMS captures
by a trigger at the source and here nobody does.
"""

"""A DMS replication task that moves data between two PostgreSQL servers: one process a task.

What it does as DMS does it: one slot of `test_decoding` a task, full load from the slot's snapshot
with sub-tasks and ranges, changes in the source's order, each once; what is not carried (keyless
updates, new values of a key, TRUNCATE, infinities, decimals beyond six), what is suspended, what
lands in `awsdms_apply_exceptions`.

What it is no proof of: DMS's speed, memory and bugs; which values DMS writes otherwise than
PostgreSQL prints them; batch apply, which is applied here in order as well; DDL, which DMS captures
by a trigger at the source and here nobody does; full LOB mode, which with DMS needs columns of the
target that may be NULL. Every type is carried as PostgreSQL prints it. Of enum, inet, macaddr,
tsvector, tsquery, line, lseg, box, path, circle, composites and ranges one table of DMS's guide says
that it does not migrate them, and another maps them to strings: that they arrive here tells nothing.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html

What it refuses, so that the task fails and its LastFailureMessage says why, rather than pass over:
- before images (`add-before-image-columns`), which AWS describes for streams alone;
- in the expression of an added column DMS's own functions (`operation_indicator`, `hash_sha256`,
  lookups) and the headers of changes (`$AR_H_...`); SQLite's functions, columns and the names of
  the source's schema and table are there;
- masks and another type for large objects, filters by them, filters of tables by patterns, which
  AWS excludes too;
- parallel load but by ranges, error policies beside the four of one row, and a CdcStartPosition that
  is a time, or one without the endpoint's SlotName.
docs/decisions/0022-the-worker-of-local-dms.md says why it is as large as it is.
"""

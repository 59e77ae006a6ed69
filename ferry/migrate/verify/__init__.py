"""Compares every row of the source with Aurora's, to the key and the column.

Each row is hashed inside both databases; sums over buckets of about two hundred rows come here, and
only where a bucket's differ are rows looked at one by one. What is known of tables is in `tables`;
`expressions`, `keys` and `scans` make SQL of it and ask nobody; `comparing` compares one table,
`verify` all of an environment's.
"""

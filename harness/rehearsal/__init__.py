"""`make rehearsal`: a whole migration on one machine, between two PostgreSQL servers.

`kinds` are the types of columns, `shop` the source's tables and rows, `writers` what goes on writing
to it, `comparing` what tells whether both sides are equal, `by_hand` what administrators do and no
command, `carrying` the migration's steps, `__main__` the rehearsal itself.
"""

"""`make rehearsal`: a whole migration on one machine, between two PostgreSQL servers.

`kinds` are the types of columns, `shop` the source's tables and rows, `writers` what goes on writing
to it, `comparing` what tells whether both sides are equal, `by_hand` the steps of the runbook that no
command does yet, `__main__` the rehearsal itself.
"""

"""The PostgreSQL servers that ferry reaches. The only import of psycopg in ferry.

`connect(server, purpose=...)` gives a session whose statements all end: by an answer, a refusal or
their deadline. Whatever fails leaves as a `FerryError` that says why and how to mend it, and never
quotes rows or a password. `sql` is psycopg's, for names that are data. `programs` runs PostgreSQL's own.
"""

from psycopg import sql

from ferry.postgres.failures import NoAnswerError, PostgresError, UnreachableError
from ferry.postgres.server import Address, Server
from ferry.postgres.session import DEADLINE_SECONDS, Session, apart, connect

__all__ = [
    "DEADLINE_SECONDS",
    "Address",
    "NoAnswerError",
    "PostgresError",
    "Server",
    "Session",
    "UnreachableError",
    "apart",
    "connect",
    "sql",
]

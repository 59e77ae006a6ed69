"""Connections of the rehearsal's own, to either side, beside those of ferry and DMS."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HOST = "127.0.0.1"
# Both sides print values alike, whatever their settings are.
_OPTIONS = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres"


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A database of a server of this machine.

    Attributes:
        name: The server's own name, by which TLS knows it.
        port: Its port of 127.0.0.1.
        authority: The file of the authority that signed its certificate.
        database: The database.
        username: Who signs in.
        password: With which password.
    """

    name: str
    port: int
    authority: Path
    database: str
    username: str
    password: str = field(repr=False)

    def as_(self, username: str, password: str) -> Self:
        """The same for somebody else."""
        return replace(self, username=username, password=password)

    def of(self, database: str) -> Self:
        """Another database of the server."""
        return replace(self, database=database)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection whose statements are each a transaction, unless one is begun."""
        return psycopg.connect(
            host=self.name,
            hostaddr=HOST,
            port=self.port,
            dbname=self.database,
            user=self.username,
            password=self.password,
            sslmode="verify-full",
            sslrootcert=str(self.authority),
            application_name="rehearsal",
            options=_OPTIONS,
            autocommit=True,
        )

    def run(self, *statements: str) -> None:
        """Run statements, each a transaction."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.connect() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def value(self, query: str, parameters: Sequence[object] = ()) -> Any:  # noqa: ANN401 - whatever is asked
        """The one value that a query finds."""
        ((found,),) = self.rows(query, parameters)
        return found

    def copy(self, into: str, rows: Iterable[Sequence[object]]) -> None:
        """Write rows into a table and columns, such as `orders (id, what)`; values may be texts."""
        with (
            self.connect() as connection,
            connection.cursor() as cursor,
            cursor.copy(f"copy {into} from stdin".encode()) as copied,
        ):
            for row in rows:
                copied.write_row(row)

"""Connection URLs of PostgreSQL: what they say, and the same ones with other places in them.

Python's own reading of URLs quotes what it does not understand in its errors, passwords too; so they
are read here, and a form that drivers read in different ways is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from facts.application_secrets import (
    CREDENTIALS_IN_A_QUERY,
    DEFAULT_PORT,
    PLACES_IN_A_QUERY,
    URL_SCHEMES,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facts.application_secrets import Role

_BEGINS: Final = re.compile(rf"\s*{URL_SCHEMES}:", re.IGNORECASE)
_URL: Final = re.compile(
    rf"(?P<scheme>{URL_SCHEMES})://"
    r"(?:(?P<user>[^:@/?#\s]+)(?::(?P<password>[^:@/?#\s]+))?@)?"
    r"(?P<host>[^\[\]:/?#@,\s]+)(?::(?P<port>[0-9]{1,5}))?"
    r"/(?P<database>[^/?#@,\s]+)(?:\?(?P<query>[^@#\s]*))?",
    re.IGNORECASE,
)
_OTHER_FORM: Final = (
    re.compile(r"(?:^|[\s;])(?:host|hostaddr|server|data source)\s*=", re.IGNORECASE),
    re.compile(r"(?:^|[\s;])(?:dbname|database|initial catalog)\s*=", re.IGNORECASE),
)
"""libpq's and .NET's connection strings have both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Url:
    """A URL, in the parts of which it is made. What is secret in it shows in no representation.

    Args:
        scheme: With what it begins, without `://`.
        user: The user before its host, as it is written there; None for none.
        password: The password there.
        host: The host, as it is written.
        port: The port; None for PostgreSQL's own.
        database: The database, as it is written.
        query: The parts behind the question mark; None without one.
    """

    scheme: str
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)
    host: str
    port: int | None
    database: str
    query: tuple[str, ...] | None = field(repr=False)

    def values(self) -> Mapping[Role, str]:
        """What it says, decoded; a role for which it has nothing is missing."""
        written = {"user": self.user, "password": self.password} | {
            role: value for part in self.query or () for role, value in [_credential(part)] if role
        }
        return {
            "host": unquote(self.host),
            "port": str(self.port or DEFAULT_PORT),
            "database": unquote(self.database),
            **{
                role: unquote(value)
                for role in CREDENTIALS_IN_A_QUERY.values()
                if (value := written.get(role)) is not None
            },
        }

    def leading(self, wanted: Mapping[Role, str]) -> Url:
        """The URL with other values; what is right already stays as it is written."""
        has = self.values()
        new = {role: value for role, value in wanted.items() if has.get(role) != value}

        def in_query(part: str) -> str:
            role, _ = _credential(part)
            return f"{part.partition('=')[0]}={quote(new[role], safe='')}" if role in new else part

        def written(role: Role, old: str | None) -> str | None:
            return old if old is None or role not in new else quote(new[role], safe="")

        return replace(
            self,
            host=new.get("host", self.host),
            port=int(new["port"]) if "port" in new else self.port,
            database=written("database", self.database) or self.database,
            user=written("user", self.user),
            password=written("password", self.password),
            query=None if self.query is None else tuple(map(in_query, self.query)),
        )

    def text(self) -> str:
        """As it stands in the secret."""
        password = "" if self.password is None else f":{self.password}"
        credentials = "" if self.user is None else f"{self.user}{password}@"
        port = "" if self.port is None else f":{self.port}"
        query = "" if self.query is None else f"?{'&'.join(self.query)}"
        return f"{self.scheme}://{credentials}{self.host}{port}/{self.database}{query}"


def parse(value: str) -> Url | None:
    """The URL that a value is; None where it is none, or in a form that is not certain."""
    found = _URL.fullmatch(value)
    if found is None:
        return None
    query = None if found["query"] is None else tuple(found["query"].split("&"))
    names = [part.partition("=")[0].casefold() for part in query or ()]
    in_query = [CREDENTIALS_IN_A_QUERY[name] for name in names if name in CREDENTIALS_IN_A_QUERY]
    twice = len(set(in_query)) < len(in_query) or any(found[role] for role in in_query)
    if twice or PLACES_IN_A_QUERY & set(names):
        return None
    return Url(
        scheme=found["scheme"],
        user=found["user"],
        password=found["password"],
        host=found["host"],
        port=None if found["port"] is None else int(found["port"]),
        database=found["database"],
        query=query,
    )


def leads_somewhere(value: str) -> bool:
    """Whether a value says where a database is, in whichever form."""
    return bool(_BEGINS.match(value)) or all(form.search(value) for form in _OTHER_FORM)


def _credential(part: str) -> tuple[Role | None, str]:
    """Which of the credentials a part of a query is, and its value as it is written."""
    name, _, value = part.partition("=")
    return CREDENTIALS_IN_A_QUERY.get(name.casefold()), value

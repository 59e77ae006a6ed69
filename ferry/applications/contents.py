"""What the value of an application's secret says: which keys lead to a database, and to which.

Nothing is guessed: what could be read in two ways is refused. A text names keys, hosts, ports and
databases; never a user, a password, or a value of another key.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from facts.application_secrets import (
    CLUSTER_IDENTIFIER,
    ENGINE,
    ENGINES,
    INSTANCE_IDENTIFIER,
    ROLE_OF_KEY,
    ROLES,
    compared,
)
from ferry.applications.urls import leads_somewhere
from ferry.applications.urls import parse as parse_url
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from facts.application_secrets import Role
    from ferry.applications.urls import Url

_SHOWN: Final[frozenset[Role]] = frozenset({"host", "port", "database"})
_LARGEST_PORT: Final = 65_535
WAY_OUT: Final = (
    "Mend the secret, or take it out of cutover.application_secret_arns and change it by a hook: "
    "cutover.hooks.switch."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """A secret's value, understood. It shows in no representation.

    Args:
        document: The value.
        keys: Which of its keys have a role.
        urls: Its connection URLs that lead where these keys lead.
        elsewhere: Its other connection URLs, as `key: leads to host:port/database`.
        values: What it says, one value a role.
    """

    document: Mapping[str, Any] = field(repr=False)
    keys: Mapping[str, Role] = field(repr=False)
    urls: Mapping[str, Url] = field(repr=False)
    elsewhere: tuple[str, ...] = field(repr=False)
    values: Mapping[Role, str] = field(repr=False)

    @property
    def place(self) -> tuple[str, int, str]:
        """The host, in the form in which hosts are compared, the port, the database."""
        return (host_of(self.values["host"]), int(self.values["port"]), self.values["database"])

    @property
    def place_in_words(self) -> str:
        """The same, for people."""
        return _place(self.values)

    def leading(self, wanted: Mapping[Role, str], *, cluster: str) -> dict[str, Any]:
        """The value with others for some roles.

        Args:
            wanted: The values by their roles.
            cluster: Aurora's cluster identifier, which takes the place of RDS's identifiers.
        """
        changed: dict[str, Any] = {}
        for key, value in self.document.items():
            role = self.keys.get(key)
            new = wanted.get(role, "") if role else ""
            if key in {INSTANCE_IDENTIFIER, CLUSTER_IDENTIFIER}:
                changed[CLUSTER_IDENTIFIER] = cluster
            elif key in self.urls:
                changed[key] = self.urls[key].leading(wanted).text()
            elif role and new and new != self.values[role]:
                changed[key] = int(new) if isinstance(value, int) else new
            else:
                changed[key] = value
        return changed


def understand(value: str, hosts: Collection[str]) -> Contents:
    """What a secret's value says.

    Args:
        value: The value.
        hosts: The names of the source, in the form in which hosts are compared.

    Raises:
        FerryError: It is not certain what it says. The text has no secret value, and says of it why.
    """
    document = _object(value)
    if str(document.get(ENGINE, "postgres")).casefold() not in ENGINES:
        _refuse(f"its key {ENGINE} names another engine than PostgreSQL")
    keys = {
        key: role
        for key, value in document.items()
        if (role := ROLE_OF_KEY.get(compared(key))) and not _is_address(role, value)
    }
    candidates = {key: (role, _of_role(key, role, document[key])) for key, role in keys.items()}
    urls, elsewhere = _urls(document, keys, hosts)
    if not urls and "host" not in keys.values():
        urls, elsewhere = elsewhere, {}  # none of them leads to the source: where they do is told
    values: dict[Role, str] = {}
    for role in ROLES:
        found = {key: value for key, (its, value) in candidates.items() if its == role}
        found |= {key: said[role] for key, url in urls.items() if role in (said := url.values())}
        values[role] = _one(role, found)
    _refuse_what_still_leads(document, {*keys, *urls}, hosts)
    return Contents(
        document=document,
        keys=keys,
        urls=urls,
        elsewhere=tuple(
            f"{key}: leads to {_place(url.values())}" for key, url in elsewhere.items()
        ),
        values=values,
    )


def _is_address(role: Role, value: object) -> bool:
    """Whether a key that could be the host's or the database's holds a whole URL."""
    return role in {"host", "database"} and isinstance(value, str) and leads_somewhere(value)


def host_of(name: str) -> str:
    """A host's name in the form in which hosts are compared."""
    return name.strip().rstrip(".").casefold()


def shown(name: str) -> str:
    """The name of a host or a database; what looks like no name could hold a password."""
    return name if re.fullmatch(r"[\w.$-]{1,253}", name) else "(not shown)"


def says(value: str, document: Mapping[str, Any]) -> bool:
    """Whether a value says the same, in whichever order of keys; 1 and true are not the same."""
    try:
        return json.dumps(json.loads(value), sort_keys=True) == json.dumps(document, sort_keys=True)
    except (ValueError, RecursionError):
        return False


def _object(value: str) -> dict[str, Any]:
    """The value as JSON, which can be written again as it was read."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in found}) < len(found):
            _refuse("a key of it stands there twice")
        return dict(found)

    try:
        document = json.loads(value, object_pairs_hook=pairs)
        json.dumps(document, allow_nan=False)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        _refuse("it is no JSON object, such as RDS's with host, port, dbname, username, password")
    return document


def _of_role(key: str, role: Role, value: object) -> str:
    """A key's value as text; a host in the form in which hosts are compared."""
    if role == "port":
        text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
        if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= _LARGEST_PORT:
            _refuse(f"its key {key} is no port")
        return str(int(text))
    if not isinstance(value, str) or not value:
        _refuse(f"its key {key} is no text, or empty")
    return value


def _urls(
    document: Mapping[str, Any], keys: Collection[str], hosts: Collection[str]
) -> tuple[dict[str, Url], dict[str, Url]]:
    """The connection URLs by their keys: those that lead to the source, and the others.

    One that leads to the source from within an object or a list is neither.
    """
    ours: dict[str, Url] = {}
    others: dict[str, Url] = {}
    for path, value in _texts(document):
        key = ".".join(path)
        if (path[0] in keys and len(path) == 1) or not leads_somewhere(value):
            continue
        url = parse_url(value)
        if url is None:
            _refuse(
                f"its key {key} says where a database is, in a form that ferry does not know; it "
                "knows postgresql://user:password@host:port/database, with what is special in user "
                "and password as %40, and jdbc:postgresql://host:port/database?user=...&password=..."
            )
        if host_of(url.values()["host"]) not in hosts:
            others[key] = url
        elif len(path) == 1:
            ours[key] = url
    return ours, others


def _one(role: Role, found: Mapping[str, str]) -> str:
    """The value of a role, which all its keys agree on."""
    if not found:
        _refuse(
            f"nothing in it is the {role}: no key such as {_EXAMPLES[role]}, and no connection URL "
            "that says it"
        )
    different = {host_of(value) if role == "host" else value for value in found.values()}
    if len(different) > 1:
        said = [
            f"{key} ({shown(value)})" if role in _SHOWN else key for key, value in found.items()
        ]
        _refuse(f"{' and '.join(said)} could each be the {role}, and differ")
    return next(iter(found.values()))


_EXAMPLES: Final[Mapping[Role, str]] = {
    "host": "host, DB_HOST or PGHOST",
    "port": "port, DB_PORT or PGPORT",
    "database": "dbname, DB_NAME or PGDATABASE",
    "user": "username, DB_USER or PGUSER",
    "password": "password, DB_PASSWORD or PGPASSWORD",
}


def _refuse_what_still_leads(
    document: Mapping[str, Any], known: Collection[str], hosts: Collection[str]
) -> None:
    """Refuse keys that hold the source's name and would hold it afterwards."""
    names = "|".join(map(re.escape, hosts))
    still = {
        ".".join(path)
        for path, value in _texts(document)
        if not (path[0] in known and len(path) == 1)
        and re.search(rf"(?<![\w.-])(?:{names})(?![\w-]|\.\w)", value, re.IGNORECASE)
    }
    if still:
        _refuse(f"its key {' and '.join(sorted(still))} would still lead to the source")


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a value with the path of its keys, however deep."""
    left: list[tuple[tuple[str, ...], Any]] = [((), document)]
    while left:
        path, value = left.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            left += [((*path, key), member) for key, member in reversed(value.items())]
        elif isinstance(value, list):
            left += [(path, member) for member in reversed(value)]


def _place(said: Mapping[Role, str]) -> str:
    return f"{shown(said['host'])}:{said['port']}/{shown(said['database'])}"


def _refuse(why: str) -> NoReturn:
    raise FerryError(why, WAY_OUT)

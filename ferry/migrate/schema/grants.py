"""Which of the source's grants are made at Aurora, and what is said of the others. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from ferry.migrate.schema import roles
from ferry.migrate.schema.names import NAME, shown, statements, unquoted
from ferry.migrate.schema.steps import Orders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ferry.migrate.schema.phases import Placed

_GRANT: Final = re.compile(
    rf"\A(?:ALTER DEFAULT PRIVILEGES FOR ROLE (?P<role>{NAME}) .*?)?(?:GRANT|REVOKE) .*"
    rf" (?:TO|FROM) (?P<grantee>PUBLIC|{NAME})(?: WITH GRANT OPTION)?;\Z",
    re.DOTALL,
)
GRANTS: Final = ("ACL", "ACL LANGUAGE", "DEFAULT ACL")
"""The kinds of entries that are grants."""

_AS_ANOTHER: Final = "SET SESSION AUTHORIZATION "
_AS_ONESELF: Final = "RESET SESSION AUTHORIZATION;"
_EVERYBODY: Final = "PUBLIC"


def made(sql: str, names: Collection[str]) -> Iterator[str]:
    """Grants of and to roles that Aurora has. As who granted something, Aurora knows the owner."""
    for line in statements(sql):
        found = _GRANT.match(line)
        if found is None:
            continue
        if not _unknown(found, names):
            yield line


def of_grants(placed: Sequence[Placed], names: Collection[str]) -> Orders:
    """Which grants are not made as they are, said."""
    missing: Counter[str] = Counter()
    unread, by_others = [], []
    for each in placed:
        if each.phase is None or each.entry.kind not in GRANTS:
            continue
        for line in statements(each.entry.sql):
            if line.startswith((_AS_ANOTHER, _AS_ONESELF)):
                by_others.append(each.entry.label)
            elif (found := _GRANT.match(line)) is None:
                unread.append(each.entry.label)
            else:
                missing.update(_unknown(found, names))
    said = []
    if missing:
        counts = shown([f"{role} ({count})" for role, count in sorted(missing.items())])
        said.append(f"Grants of or to roles that are not made at Aurora are left out: {counts}.")
    if by_others:
        labels = shown(list(dict.fromkeys(by_others)))
        said.append(f"Grants that somebody else than the owner made are the owner's: {labels}.")
    if unread:
        labels = shown(list(dict.fromkeys(unread)))
        said.append(f"Grants that ferry cannot read are left out, make them by hand: {labels}.")
    return Orders(said=tuple(said))


def _unknown(found: re.Match[str], names: Collection[str]) -> set[str]:
    """The roles of a grant that Aurora does not have."""
    involved = (unquoted(each) for each in found.groups() if each and each != _EVERYBODY)
    return {each for each in involved if not roles.is_at_aurora(each, names)}


def makers(placed: Sequence[Placed]) -> Iterator[str]:
    """Roles whose default privileges are carried."""
    for each in placed:
        if each.entry.kind == "DEFAULT ACL":
            for line in statements(each.entry.sql):
                found = _GRANT.match(line)
                if found and found["role"]:
                    yield unquoted(found["role"])

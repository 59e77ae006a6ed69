"""What the next version of each secret has to say: Aurora's place, and whose credentials."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from facts.application_secrets import CURRENT_STAGE, NEXT_STAGE
from ferry.applications.contents import WAY_OUT, host_of, says, shown, understand
from ferry.environments import migration_of
from ferry.errors import FerryError
from ferry.prepare.application.versions import put
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient

    from facts.application_secrets import Role
    from ferry.applications.contents import Contents
    from ferry.prepare.application.changes import Change
    from ferry.prepare.application.versions import Held
    from settings.environment import Environment

_CREDENTIALS: Final[tuple[Role, ...]] = ("user", "password")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A secret that is understood, before anybody is asked.

    Args:
        held: What it has.
        contents: What the applications read.
        following: What the version says that leads to Aurora; None where there is none, or it leads
            elsewhere.
        to: Where the next version leads, by roles.
        cluster: Aurora's cluster identifier.
    """

    held: Held
    contents: Contents
    following: Contents | None
    to: Mapping[Role, str]
    cluster: str

    @property
    def kept(self) -> str | None:
        """The stage whose user and password stay where none are given; None where that is not certain.

        The next version's, where others were given for it. But a version that the applications got
        since may have its own from a rotation, and nobody can tell which of them are Aurora's.
        """
        old = self.held.following
        if old is None or self.following is None or not self._has_others(self.following):
            return CURRENT_STAGE
        return None if self.held.current.made > old.made else NEXT_STAGE

    def _has_others(self, following: Contents) -> bool:
        return any(following.values[role] != self.contents.values[role] for role in _CREDENTIALS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is put under the stage for what comes next.

    Args:
        held: What the secret has.
        document: The value.
        lines: What of it is otherwise than what the applications read, by its keys, for people.
        is_there: Whether it is there already.
    """

    held: Held
    document: Mapping[str, Any] = field(repr=False)
    lines: tuple[str, ...]
    is_there: bool


def prepare(held: Held, environment: Environment, endpoint: str) -> Prepared:
    """Find out what a secret says, and where its next version leads.

    Args:
        held: What it has.
        environment: The environment.
        endpoint: The writer endpoint of Aurora's cluster.

    Raises:
        FerryError: It does not lead to a database that is carried, or is not certain.
    """
    migration, aurora = migration_of(environment), environment.aurora
    source, dns = migration.source, environment.cutover and environment.cutover.dns
    hosts = {host_of(source.host), *([host_of(dns.name)] if dns else [])}
    contents = _understood(held, hosts)
    host, port, name = contents.place
    found = [database for database in migration.databases if database.source == name]
    if host not in hosts or port != source.port or not found:
        is_aurora = (host, port) == (host_of(endpoint), aurora.port)
        names = ", ".join(shown(database.source) for database in migration.databases)
        raise FerryError(
            f"The secret {held.name} leads to {contents.place_in_words}"
            + (
                ", which is Aurora already: there is nothing to prepare."
                if is_aurora
                else f", not to the source: {' or '.join(sorted(hosts))}, port {source.port}, {names}."
            ),
            WAY_OUT,
        )
    to: dict[Role, str] = {
        "host": endpoint,
        "port": str(aurora.port),
        "database": found[0].aurora,
    }
    return Prepared(
        held=held,
        contents=contents,
        following=_following(held, to),
        to=to,
        cluster=environment.names.cluster,
    )


def plan(prepared: Prepared, change: Change) -> Plan:
    """What is to be put.

    Raises:
        FerryError: Credentials are left out, and it is not certain which should stay.
    """
    held, contents = prepared.held, prepared.contents
    given = {"user": change.username, "password": change.password}
    if prepared.kept is None and not all(given.values()):
        raise FerryError(
            f"The secret {held.name} has a newer version under {CURRENT_STAGE} than under "
            f"{NEXT_STAGE}, with another user or password: which of them Aurora has is not certain.",
            f"Give both, or begin anew from {CURRENT_STAGE}: run this with --drop first.",
        )
    stays = contents
    if prepared.kept == NEXT_STAGE and prepared.following is not None:
        stays = prepared.following
    credentials = {role: given[role] or stays.values[role] for role in _CREDENTIALS}
    document = contents.leading({**prepared.to, **credentials}, cluster=prepared.cluster)
    old = held.following
    kept = [role for role in _CREDENTIALS if stays is not contents and not given[role]]
    return Plan(
        held=held,
        document=document,
        lines=(
            *_lines(contents, document),
            *([f"keeps     {' and '.join(kept)} of {NEXT_STAGE}"] if kept else ()),
        ),
        is_there=old is not None and says(old.value, document),
    )


def carry_out(client: SecretsManagerClient, plan: Plan) -> Step:
    """Put what is planned; leave alone what is there already.

    Raises:
        FerryError: The secret was changed meanwhile, or AWS refuses a call.
    """
    if plan.is_there:
        return Step(what=f"{plan.held.name}: {NEXT_STAGE}", outcome=Outcome.RIGHT)
    return put(client, plan.held, json.dumps(plan.document))


def _understood(held: Held, hosts: set[str]) -> Contents:
    try:
        return understand(held.current.value, hosts)
    except FerryError as error:
        raise FerryError(
            f"What the secret {held.name} says is not certain: {error.why}.", error.remedy
        ) from None


def _following(held: Held, to: Mapping[Role, str]) -> Contents | None:
    """What the next version says, if it leads there."""
    if held.following is None:
        return None
    try:
        found = understand(held.following.value, {host_of(to["host"])})
    except FerryError:
        return None
    wanted = (host_of(to["host"]), int(to["port"]), to["database"])
    return found if found.place == wanted else None


def _lines(contents: Contents, document: Mapping[str, Any]) -> Iterator[str]:
    """What changes, by keys, and what does not though it leads to a database."""
    old = contents.document
    changed = [key for key in document if key in old and document[key] != old[key]]
    yield f"changes   {', '.join(changed)}"
    for verb, keys in (("adds", document.keys() - old), ("removes", old.keys() - document)):
        if keys:
            yield f"{verb:<10}{', '.join(sorted(keys))}"
    for line in contents.elsewhere:
        yield f"stays     {line}"

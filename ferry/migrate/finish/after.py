"""What stays when a migration is finished, and what comes next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.ferry_schema import ACCESS, JOURNAL, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.migrate.cutover.switching.cname import Cname
    from settings.environment import Environment


def stays(environment: Environment, folder: str) -> Iterator[tuple[str, str]]:
    """What is left where it is on purpose, and why.

    Args:
        environment: The environment.
        folder: Ferry's folder of the environment on this machine.
    """
    names = environment.names
    secrets = [names.source_operator_secret]
    if environment.source is not None and environment.source.secret_arn is None:
        secrets.insert(0, names.source_secret)
    if environment.legs:
        secrets.append(names.reverse_secret)
    yield (
        f"schema {SCHEMA} on both sides, with {JOURNAL} and {ACCESS}",
        "they say that the source stays closed, and tell ferry report what was done",
    )
    yield folder, "the journal once more, what was compared, the thaw scripts"
    if environment.source is not None and environment.source.accepted_publications:
        publications = ", ".join(environment.source.accepted_publications)
        yield (
            f"tables of schema {SCHEMA} at the subscribers of {publications}",
            "they were made by hand there, and are dropped by hand",
        )
    yield "the tasks, which have stopped", "they are Terraform's, and go with a deployment"
    yield (
        "the source's roles of DMS and ferry, and what they may",
        "they are yours: drop them when nobody signs in as them",
    )
    yield (
        f"the secrets {', '.join(secrets)}",
        "until you delete them: aws secretsmanager delete-secret --secret-id",
    )


def sections(environment: Environment) -> list[str]:
    """The sections of an environment's file that are of the migration alone."""
    return [
        "[source]",
        "[dms]",
        *(["[[databases]]"] if environment.databases else ()),
        *(["[cutover]"] if environment.cutover else ()),
    ]


def take_out(environment: Environment) -> str:
    """What is to be done with these sections, without what comes next."""
    *first, last = sections(environment)
    return f"take {', '.join(first)} and {last} out of environments/{environment.name}.toml"


def following(environment: Environment, record: Cname | None = None) -> Iterator[tuple[str, str]]:
    """What comes next, in order, and what is to be known of it; empty for nothing.

    Args:
        environment: The environment.
        record: The applications' record as it was before a cutover gave it a low TTL; None for none.
    """
    name, cutover = environment.name, environment.cutover
    yield f"ferry report {name}", "what it asks is about to go"
    if cutover is not None and cutover.application_secret_arns:
        yield f"ferry secret application {name} --drop", "nothing reads ferry-next any more"
    if record is not None:
        yield (
            f"give the record {record.name} its TTL of {record.ttl_seconds} seconds again",
            "nobody is led back any more, and with the low one it is asked for all the time",
        )
    yield take_out(environment), "and every table that begins like them"
    if environment.network.route_to_source is not None:
        yield (
            "take [network.route_to_source] out too",
            "or give it cidrs, where applications beside the source reach Aurora by it",
        )
    yield f"cdktf deploy {name}", f"first look: cdktf diff {name}"

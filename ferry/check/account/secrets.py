"""Whether DMS will be able to read the source's secret, and the other secrets' names are free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from facts.dms import REJECTED_IN_PASSWORDS
from ferry.account import Unanswered, asked, found_or_none
from ferry.check.account.secret_shape import KEYS, Shape, shape_of
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from types_boto3_secretsmanager import SecretsManagerClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment
    from settings.source import Source

SOURCE: Final = "source-secret"
REVERSE: Final = "reverse-secret"

_NONE: Final = "ResourceNotFoundException"
_DEFAULT_KEY: Final = "alias/aws/secretsmanager"
_FAILS: Final = "The connection test of the source's endpoint fails, and with it every task."


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """A secret as it is. It holds no value.

    Args:
        deleted_on: When it is deleted for good; None where it is not scheduled for deletion.
        key_id: The KMS key that encrypts it, as Secrets Manager names it; empty for the account's
            aws/secretsmanager.
        shape: The shape of its value; None where it has no value.
    """

    deleted_on: date | None = None
    key_id: str = ""
    shape: Shape | Unanswered | None = None


def check_source(subject: Subject) -> Iterator[Finding]:
    """Look at the source's secret, and judge it. No value is kept."""
    environment, client = subject.environment, subject.account.secretsmanager
    source = source_secret_id(environment)
    found = asked(
        f"look for the secret {source}",
        lambda: _source_secret(client, source, environment.migration.source),
    )
    if isinstance(found, Unanswered):
        yield not_judged(SOURCE, f"The secret {source}", why=found.why, remedy=found.remedy)
    else:
        yield from judge_source(environment, found)


def check_reverse(subject: Subject) -> Iterator[Finding]:
    """Look whether the way back's secret is there, where the file has a way back, and judge it."""
    environment, client = subject.environment, subject.account.secretsmanager
    if not environment.legs:
        return
    name = environment.names.reverse_secret
    found = asked(f"look for the secret {name}", partial(_secret, client, name))
    if isinstance(found, Unanswered):
        yield not_judged(REVERSE, f"The secret {name}", why=found.why, remedy=found.remedy)
    else:
        yield judge_reverse(environment, found)


def check_names(subject: Subject) -> Iterator[Finding]:
    """Look whether the names of the stack's own secrets are free, and judge it."""
    names, client = subject.environment.names, subject.account.secretsmanager
    for check, name in {
        "master-secret": names.master_secret,
        "target-secret": names.target_secret,
    }.items():
        held = asked(f"look for the secret {name}", partial(_secret, client, name))
        if isinstance(held, Unanswered):
            yield not_judged(check, f"The secret {name}", why=held.why, remedy=held.remedy)
        else:
            yield judge_name(check, name, held)


def _secret(client: SecretsManagerClient, name: str) -> Secret | None:
    """A secret, without looking at its value; None where there is none of that name or ARN."""
    found = found_or_none(lambda: client.describe_secret(SecretId=name), _NONE)
    if found is None:
        return None
    deleted = found.get("DeletedDate")
    return Secret(
        deleted_on=deleted.date() if deleted else None, key_id=found.get("KmsKeyId") or ""
    )


def _source_secret(client: SecretsManagerClient, name: str, source: Source) -> Secret | None:
    """The source's secret with the shape of its value; None where there is none."""
    found = _secret(client, name)
    if found is None or found.deleted_on is not None:
        return found
    shape = asked(f"read the secret {name}", lambda: _shape_of_value(client, name, source))
    return replace(found, shape=shape)


def _shape_of_value(client: SecretsManagerClient, name: str, source: Source) -> Shape | None:
    """The shape of the current value; None where there is no value. The value stays in here."""
    value = found_or_none(lambda: client.get_secret_value(SecretId=name), _NONE)
    if value is None:
        return None
    return shape_of(value.get("SecretString"), host=source.host, port=source.port)


def source_secret_id(environment: Environment) -> str:
    """The name or ARN of the secret that DMS signs in to the source with."""
    return environment.migration.source.secret_arn or environment.names.source_secret


def judge_source(environment: Environment, secret: Secret | None) -> list[Finding]:
    """Whether the source's secret is there, DMS may read it, and it says what DMS needs."""
    name = source_secret_id(environment)
    if secret is None:
        return [
            blocked(
                SOURCE,
                f"There is no secret {name}.",
                why="The plan stops: DMS reads the source's user and password there.",
                remedy=f"{_write(environment)}.",
            )
        ]
    if secret.deleted_on is not None:
        return [
            blocked(
                SOURCE,
                f"The secret {name} is scheduled for deletion on {secret.deleted_on}.",
                why="The plan stops: such a secret is not listed, and DMS cannot read it.",
                remedy=(
                    f"Restore it: 'aws secretsmanager restore-secret --secret-id {name}'."
                    if environment.migration.source.secret_arn
                    else f"{_write(environment)}: it restores the secret."
                ),
            )
        ]
    findings = [*_key(environment, name, secret), *_shape(environment, name, secret.shape)]
    return findings or [
        right(
            SOURCE, f"The secret {name} is there, and shaped as DMS needs it ({', '.join(KEYS)})."
        )
    ]


def judge_reverse(environment: Environment, secret: Secret | None) -> Finding:
    """Whether the secret is there with which DMS writes back to the source."""
    name, write = environment.names.reverse_secret, f"ferry secret reverse {environment.name}"
    if secret is None:
        return blocked(
            REVERSE,
            f"There is no secret {name}.",
            why="The plan stops: DMS reads there as whom it writes back to the source.",
            remedy=f"Run '{write}'.",
        )
    if secret.deleted_on is not None:
        return blocked(
            REVERSE,
            f"The secret {name} is scheduled for deletion on {secret.deleted_on}.",
            why="The plan stops: such a secret is not listed, and DMS cannot read it.",
            remedy=f"Run '{write}': it restores the secret.",
        )
    return right(REVERSE, f"The secret {name} is there.")


def judge_name(check: str, name: str, secret: Secret | None) -> Finding:
    """Whether a name that the stack takes is not held by a secret that waits for its deletion."""
    if secret is not None and secret.deleted_on is not None:
        return blocked(
            check,
            f"The name {name} is taken by a secret that is scheduled for deletion on "
            f"{secret.deleted_on}.",
            why="CreateSecret is refused until then ('already scheduled for deletion').",
            remedy=f"Restore it and bring it in: 'aws secretsmanager restore-secret --secret-id "
            f"{name}'; docs/recovery.md has the way.",
        )
    what = f"The name {name} is free." if secret is None else f"The secret {name} is there."
    return right(check, what)


def _key(environment: Environment, name: str, secret: Secret) -> Iterator[Finding]:
    given = environment.migration.source.secret_kms_key_arn
    is_default = not secret.key_id or secret.key_id.endswith(_DEFAULT_KEY)
    is_alias = "alias/" in secret.key_id
    if is_default or (given and (is_alias or given.endswith(secret.key_id.rpartition("/")[2]))):
        return
    yield warning(
        SOURCE,
        f"The secret {name} is encrypted with the key {secret.key_id}, which "
        "source.secret_kms_key_arn does not name.",
        why="DMS's role is given no permission to decrypt with it, so unless the key's own policy "
        "does, the connection test fails.",
        remedy=f"Set source.secret_kms_key_arn to the key's ARN in {environment.name}.toml.",
    )


def _shape(
    environment: Environment, name: str, shape: Shape | Unanswered | None
) -> Iterator[Finding]:
    write = f"{_write(environment)}."
    if isinstance(shape, Unanswered):
        yield not_judged(
            SOURCE, f"What the secret {name} holds", why=shape.why, remedy=shape.remedy
        )
    elif shape is None:
        yield blocked(SOURCE, f"The secret {name} has no value.", why=_FAILS, remedy=write)
    elif not shape.is_object:
        yield blocked(
            SOURCE,
            f"The value of the secret {name} is not a JSON object.",
            why=_FAILS,
            remedy=write,
        )
    else:
        yield from _members(environment, name, shape, write)


def _members(environment: Environment, name: str, shape: Shape, write: str) -> Iterator[Finding]:
    if shape.missing:
        yield blocked(
            SOURCE, f"The secret {name} lacks {', '.join(shape.missing)}.", why=_FAILS, remedy=write
        )
    if shape.mistyped:
        yield blocked(
            SOURCE,
            f"The secret {name} holds something else than text, or no port number, at "
            f"{', '.join(shape.mistyped)}.",
            why=_FAILS,
            remedy=write,
        )
    if shape.holds_rejected:
        yield blocked(
            SOURCE,
            f"The password in the secret {name} holds punctuation that DMS rejects: none of "
            f"{' '.join(REJECTED_IN_PASSWORDS)} may occur.",
            why=_FAILS,
            remedy="Give the user another password on the source (ALTER ROLE ... PASSWORD). Then "
            f"{write[0].lower()}{write[1:]}",
        )
    if not shape.names_source:
        yield warning(
            SOURCE,
            f"The secret {name} names another host or port than {environment.name}.toml.",
            why="DMS connects to where the secret says, while the file opens the security groups.",
            remedy=f"{write[:-1]}, or correct source.host and source.port.",
        )


def _write(environment: Environment) -> str:
    if environment.migration.source.secret_arn is None:
        return f"Run 'ferry secret source {environment.name}'"
    return (
        f"Write JSON with {', '.join(KEYS)} into it ('aws secretsmanager put-secret-value "
        "--secret-id ... --secret-string file://...')"
    )

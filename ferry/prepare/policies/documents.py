"""The table of the documents: what each is for, and what makes its statements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ferry.errors import InputError
from ferry.prepare.policies import account, database, given, network, reading, replication, roles
from ferry.prepare.policies.statements import LONGEST_DOCUMENT, Document, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.prepare.policies.statements import Statement
    from settings.environment import Environment

APPLY_ROLES: Final = "apply-roles"
ADMINISTRATOR_ROLES: Final = "administrator-roles"
BOUNDARY: Final = "boundary"
_BOOTSTRAP: Final = "bootstrap"
_CUTOVER: Final = "cutover"
_CUTOVER_DNS: Final = "cutover-dns"
_OF_A_MIGRATION: Final = ("check-source", "move")
_DEPLOY: Final = "for cdktf deploy and destroy; beside plan"

_TABLE: Final[tuple[tuple[str, str, Callable[[Scope], list[Statement]]], ...]] = (
    (_BOOTSTRAP, "for ferry bootstrap: an administrator's", account.bootstrap),
    ("account", "for the stack of the account", account.account),
    ("plan", "for terraform plan -lock=false, ferry adopt, pull requests", reading.plan),
    ("lock", "for cdktf diff; beside plan", reading.locking),
    ("review", "for the workflow apply, which plans; beside plan", reading.review),
    ("apply-network", _DEPLOY, network.network),
    ("apply-database", _DEPLOY, database.database),
    ("apply-replication", _DEPLOY, replication.replication),
    ("check-aws", "for ferry check aws", reading.check_aws),
    ("check-deployment", "for ferry check deployment", reading.check_deployment),
    (
        "check-source",
        "for ferry check source, ferry suggest tasks and ferry prepare-databases",
        reading.check_source,
    ),
    ("move", "for the commands of the migration, which sign in to both databases", reading.move),
    (
        "operate",
        "for ferry secret source and operator, and the commands of the runbook",
        reading.operate,
    ),
    (_CUTOVER, "for ferry secret application; beside move for the switch", reading.cutover),
    (_CUTOVER_DNS, "for the switch of the applications' record; beside move", reading.cutover_dns),
    (
        "snapshots",
        "beside apply, where wanted: taking, copying and restoring snapshots",
        database.snapshots,
    ),
    (
        "dms-of-anybody",
        "beside apply, where wanted: DMS's subnet groups and event subscriptions, of anybody",
        replication.dms_without_resource,
    ),
)


def documents(
    environment: Environment, of_account: Sequence[Environment], *, ids: str = "", branch: str = ""
) -> list[Document]:
    """Every document of an environment.

    Args:
        environment: The environment.
        of_account: All environments of its account, itself included.
        ids: `OWNER_ID/REPOSITORY_ID` on GitHub; without it nobody is trusted.
        branch: The repository's default branch.

    Raises:
        InputError: One is longer than IAM takes.
    """
    scope, cutover = Scope(environment), environment.cutover
    made = [
        Document(name=name, what=what, statements=make(scope))
        for name, what, make in _TABLE
        if (name != _BOOTSTRAP or environment.aws.state_bucket is None)
        and (name not in _OF_A_MIGRATION or environment.has_migration)
        and (name != _CUTOVER or (cutover is not None and cutover.application_secret_arns))
        and (name != _CUTOVER_DNS or (cutover is not None and cutover.dns))
    ]
    bounded = scope.boundary_arn is not None
    made.append(
        Document(
            name=APPLY_ROLES if bounded else ADMINISTRATOR_ROLES,
            what=_DEPLOY
            if bounded
            else "for an administrator, beside plan and apply, where a plan changes a role",
            statements=roles.roles(scope),
        )
    )
    made.append(
        Document(
            name=BOUNDARY,
            what="the policy that aws.permissions_boundary_arn names",
            statements=roles.boundary(scope, of_account),
        )
    )
    if environment.aws.kms_key_arn is not None:
        made.append(
            Document(
                name="key",
                what="what the policy of the key has to say that aws.kms_key_arn names",
                statements=given.of_the_key(scope),
            )
        )
    if environment.alarms.topic_arn is not None:
        made.append(
            Document(
                name="topic",
                what="what the policy of the topic has to say that alarms.topic_arn names",
                statements=given.of_the_topic(scope),
            )
        )
    _refuse_too_long(made)
    return [*made, *account.trusts(scope, ids=ids, branch=branch)]


def _refuse_too_long(documents: Sequence[Document]) -> None:
    for document in documents:
        length = len(json.dumps(document.as_json(), separators=(",", ":")))
        if length > LONGEST_DOCUMENT:
            raise InputError(
                f"The document {document.name} has {length} characters without white space; IAM "
                f"takes {LONGEST_DOCUMENT}. It grows with what "
                "the account's files name, such as secrets of their own: divide them among accounts."
            )


_WHERE: Final = {
    _BOOTSTRAP: "where no aws.state_bucket is named",
    "key": "where aws.kms_key_arn names one",
    "topic": "where alarms.topic_arn names one",
    APPLY_ROLES: "where aws.permissions_boundary_arn names a boundary",
    ADMINISTRATOR_ROLES: "where no aws.permissions_boundary_arn is named",
    **dict.fromkeys(_OF_A_MIGRATION, "where the file has [source] and [dms]"),
    _CUTOVER: "where cutover.application_secret_arns names secrets",
    _CUTOVER_DNS: "where cutover.dns names a record",
    "trust": "with --github, where tags.repository is on github.com",
}
"""When there is a document that is not always there."""


def chosen(documents: Sequence[Document], wanted: Sequence[str]) -> list[Document]:
    """The documents of these names; `apply` stands for all that begin with `apply-`, and so on.

    Raises:
        InputError: There is none of a name.
    """

    def is_called(document: Document, name: str) -> bool:
        return f"{document.name}-".startswith(f"{name}-")

    unknown = [
        name for name in wanted if not any(is_called(document, name) for document in documents)
    ]
    if unknown:
        raise InputError(
            f"{' and '.join(map(repr, unknown))} given; allowed are "
            f"{', '.join(document.name for document in documents)}, and apply for all that begin "
            "with apply-, likewise check and trust."
            + "".join(f" {name} is written {_WHERE[name]}." for name in unknown if name in _WHERE)
        )
    return [document for document in documents if any(is_called(document, name) for name in wanted)]

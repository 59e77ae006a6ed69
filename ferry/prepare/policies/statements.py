"""What IAM documents are made of, and whose: statements, documents, and one environment's ARNs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from facts import names as given_names
from facts.dms import MANAGED_POLICIES
from facts.placement import Placement

if TYPE_CHECKING:
    from facts.names import Names
    from settings.environment import Environment

LONGEST_DOCUMENT: Final = 6144
"""How many characters a managed policy has at most, white space not counted. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

MOST_POLICIES: Final = 10
"""How many managed policies a role has at most, unless a quota is raised. Source: the same page."""

Condition = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A statement of a document.

    Args:
        sid: What it is for, in letters and digits.
        actions: What it allows.
        resources: On what; everything by default, where the service knows no resource. None in the
            trust of a role.
        condition: When; always by default.
        effect: `Allow` by default, or `Deny`.
        principal: Who, in the trust of a role and in the policy of a key.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ("*",)
    condition: Condition = field(default_factory=dict)
    effect: str = "Allow"
    principal: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The statement as IAM takes it."""
        return {
            "Sid": self.sid,
            "Effect": self.effect,
            **({"Principal": dict(self.principal)} if self.principal else {}),
            "Action": _one_or_all(self.actions),
            **({"Resource": _one_or_all(self.resources)} if self.resources else {}),
            **({"Condition": self.condition} if self.condition else {}),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document, ready for `aws iam create-policy` or `create-role`.

    Args:
        name: Its name, such as `plan`; the file's without `.json`.
        what: What it is for, in words.
        statements: Its statements.
    """

    name: str
    what: str
    statements: Sequence[Statement]

    def as_json(self) -> dict[str, Any]:
        """The document as IAM takes it."""
        return {
            "Version": "2012-10-17",
            "Statement": [statement.as_json() for statement in self.statements],
        }


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


@dataclass(frozen=True)
class Scope:
    """One environment: its file, its names, its ARNs, and how what is its own is told by tags.

    Args:
        environment: The environment.
    """

    environment: Environment

    @property
    def names(self) -> Names:
        """What everything in the environment is called."""
        return self.environment.names

    @cached_property
    def placement(self) -> Placement:
        """The account and region."""
        aws = self.environment.aws
        return Placement(account_id=aws.account_id, region=aws.region)

    @property
    def boundary_arn(self) -> str | None:
        """The permissions boundary that every role carries; None where there is none."""
        return self.environment.aws.permissions_boundary_arn

    # --- by tags, where AWS draws the id

    @property
    def own(self) -> Condition:
        """What carries the environment's tags."""
        return {"StringEquals": self._tagged("Resource")}

    @property
    def created(self) -> Condition:
        """What gets the environment's tags in this very call, and is nobody else's already."""
        return {
            "StringEquals": self._tagged("Request"),
            "StringEqualsIfExists": self._tagged("Resource"),
        }

    @property
    def created_untagged(self) -> Condition:
        """What gets the environment's tags in this call, and belonged to no project before."""
        return {
            "StringEquals": self._tagged("Request"),
            "Null": {"aws:ResourceTag/project": "true"},
        }

    def _tagged(self, which: str) -> dict[str, str]:
        return {
            f"aws:{which}Tag/project": self.names.project,
            f"aws:{which}Tag/environment": self.names.environment,
        }

    # --- the key

    @property
    def keys(self) -> list[str]:
        """The key that the file names; otherwise all of the region, told apart by tags."""
        own = self.environment.aws.kms_key_arn
        return self.arns("kms", "key/*") if own is None else [own]

    def through(self, *services: str) -> Condition:
        """The environment's key, called by services on behalf of who calls them."""
        tags = self.own["StringEquals"] if self.environment.aws.kms_key_arn is None else {}
        via = [self.placement.regional_principal(service) for service in services]
        return {"StringEquals": {**tags, "kms:ViaService": via[0] if len(via) == 1 else via}}

    # --- by names

    def arns(self, service: str, *resources: str) -> list[str]:
        """ARNs of the environment's account and region."""
        return [self.placement.arn(service, resource) for resource in resources]

    def secrets(self, *names: str) -> list[str]:
        """The ARNs of secrets: Secrets Manager adds a hyphen and six characters to the names."""
        return self.arns("secretsmanager", *(f"secret:{name}-??????" for name in names))

    def log_groups(self, *names: str) -> list[str]:
        """The ARNs of log groups, in both forms: CloudWatch Logs uses the one or the other.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
        """
        return self.arns(
            "logs", *(f"log-group:{name}{end}" for name in names for end in ("", ":*"))
        )

    @property
    def topic(self) -> str:
        """The ARN of the topic that the file names, or of the one that is made."""
        return self.environment.alarms.topic_arn or self.placement.arn(
            "sns", self.names.alarm_topic
        )

    @property
    def alarms(self) -> list[str]:
        """The ARNs of the environment's alarms."""
        names = self.names
        return self.arns(
            "cloudwatch", *(f"alarm:{names.alarm(of)}" for of in ("aurora-*", "dms-*"))
        )

    @property
    def roles(self) -> list[str]:
        """The ARNs of the roles that the environment's stack makes."""
        names = self.names
        return self.made_roles(
            names.secret_access_role, names.monitoring_role, names.flow_logs_role
        )

    def made_roles(self, *names: str) -> list[str]:
        """The ARNs of roles that stacks make, by their names: below the path that the file says.

        Those that DMS looks up may have been there before, at any path: at none is the usual one.
        """
        path = self.environment.aws.role_path
        return [
            arn
            for name in names
            for arn in (
                *self.role_arns(f"{path[1:]}{name}"),
                *(self.role_arns(name) if name in MANAGED_POLICIES and path != "/" else ()),
            )
        ]

    def role_arns(self, *names: str) -> list[str]:
        """The ARNs of roles of the account."""
        return [self.placement.global_arn("iam", f"role/{name}") for name in names]

    # --- the states

    @property
    def bucket(self) -> str:
        """The ARN of the account's bucket of states."""
        return self.placement.bucket_arn(self.environment.state_bucket)

    def objects(self, *keys: str) -> list[str]:
        """The ARNs of objects in it."""
        return [self.placement.bucket_arn(self.environment.state_bucket, key) for key in keys]

    @property
    def stacks(self) -> tuple[str, str]:
        """The environment's stack and its account's."""
        return (
            given_names.environment_stack(self.names.environment),
            given_names.account_stack(self.environment.aws.account_id),
        )

    @property
    def state_keys(self) -> tuple[str, str]:
        """The keys of the environment's state and of its account's."""
        return self.environment.state_key, self.environment.account_state_key

    def plans_of_runs(self, *stacks: str) -> list[str]:
        """The ARNs of the plans of stacks that wait for approval."""
        prefix = self.environment.aws.state_key_prefix
        return self.objects(*(given_names.plan_of_run("*", stack, prefix) for stack in stacks))

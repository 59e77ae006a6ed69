"""The secrets with which DMS signs in to the source; they exist before Terraform runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import Postcondition, TerraformLocal, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secrets import DataAwsSecretsmanagerSecrets
from constructs import Construct

from facts.templates import expression, literal

if TYPE_CHECKING:
    from facts.names import Names
    from facts.placement import Placement

_ARN_SUFFIX_LENGTH = 6
"""Secrets Manager ends an ARN in a hyphen and six characters, so that a name can be used again."""


class SourceSecret(Construct):
    """Finds a secret, and stops the plan with ``missing`` where there is none.

    It lists the secrets by name: where a look-up of a single one fails, Terraform says
    ``couldn't find resource`` and nothing else. A secret that waits for its deletion is not listed.
    Needs ``secretsmanager:ListSecrets``.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        name: What the secret's name begins with.
        condition: Which of the listed secrets it is: a condition on ``arn``, as an expression's term.
        missing: The error's words.
    """

    arn: str
    """The secret's ARN, from the list: what uses it waits for the check."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, condition: str, missing: str
    ) -> None:
        super().__init__(scope, id_)
        listed = DataAwsSecretsmanagerSecrets(
            self,
            "secrets",
            filter=[{"name": "name", "values": [name]}],
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=expression(
                            f"length([for arn in self.arns : arn if {condition}]) == 1"
                        ),
                        error_message=missing,
                    )
                ]
            ),
        )
        # A local value: an expression with quotes cannot stand inside a policy's JSON.
        self.arn = TerraformLocal(
            self, "arn", expression(f"one([for arn in {listed.fqn}.arns : arn if {condition}])")
        ).as_string


class EnvironmentSecret(SourceSecret):
    """A secret of the environment's own name, which ferry writes.

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        secret: The secret's name.
        placement: The account and region that the secret is in.
        purpose: What DMS does with it, after "from which DMS".
        command: What writes it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        secret: str,
        placement: Placement,
        purpose: str,
        command: str,
    ) -> None:
        beginning = placement.arn("secretsmanager", f"secret:{secret}-")
        super().__init__(
            scope,
            id_,
            name=secret,
            condition=(
                f"startswith(arn, {literal(beginning)})"
                f" && length(arn) == {len(beginning) + _ARN_SUFFIX_LENGTH}"
            ),
            missing=(
                f"There is no secret {secret} in {placement.region}, from which DMS {purpose}."
                f" Run `{command}` first; a"
                " secret that has just been written can take minutes to be listed: plan again."
            ),
        )


class EnvironmentSourceSecret(EnvironmentSecret):
    """The secret that ``ferry secret source`` writes.

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region that the secret is in.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, placement: Placement) -> None:
        super().__init__(
            scope,
            id_,
            secret=names.source_secret,
            placement=placement,
            purpose="reads the source's user and password",
            command=f"ferry secret source {names.environment}",
        )


class ReverseSecret(EnvironmentSecret):
    """The secret that ``ferry secret reverse`` writes: who writes to the source on a way back.

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        placement: The account and region that the secret is in.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, placement: Placement) -> None:
        super().__init__(
            scope,
            id_,
            secret=names.reverse_secret,
            placement=placement,
            purpose="reads the user and password with which it writes back to the source",
            command=f"ferry secret reverse {names.environment}",
        )


class GivenSourceSecret(SourceSecret):
    """A secret that somebody else keeps, in the same account and region.

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        arn: The secret's full ARN, with the six characters at its end.
    """

    def __init__(self, scope: Construct, id_: str, *, arn: str) -> None:
        super().__init__(
            scope,
            id_,
            name=arn.rpartition(":")[2][: -len("-") - _ARN_SUFFIX_LENGTH],
            condition=f"arn == {literal(arn)}",
            missing=(
                f"There is no secret {arn} in this account and region, which the environment names"
                " as the source's. Create it with username, password, host and port, or name none"
                " and let `ferry secret source` write one."
            ),
        )

"""The versions of an application's secret: what it has, and the one that leads to Aurora.

AWSCURRENT and AWSPREVIOUS stay where they are. A version's id is drawn, not made of its value: a hash
of a password in an id that everybody may see would let it be guessed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facts.application_secrets import CURRENT_STAGE, NEXT_STAGE
from ferry.account import NotFoundError, explained
from ferry.applications.contents import WAY_OUT
from ferry.errors import FerryError
from ferry.prepare.steps import Outcome, Step

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef

_AGAIN = "Run this again: it reads the secret anew."


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version of a secret; its value shows in no representation.

    Args:
        version_id: Its id.
        made: When it was made.
        value: Its value.
    """

    version_id: str
    made: datetime
    value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a secret has now.

    Args:
        arn: The secret.
        current: The version that the applications read.
        following: The version that leads to Aurora; None where there is none.
    """

    arn: str
    current: Version
    following: Version | None

    @property
    def name(self) -> str:
        """The secret's name."""
        return name_of(self.arn)


def name_of(arn: str) -> str:
    """A secret's name: its ARN ends with a hyphen and six characters that AWS draws."""
    return arn.split(":", 6)[6][:-7]


def held(client: SecretsManagerClient, arn: str) -> Held:
    """What a secret has, where its next version may be written by hand.

    Raises:
        FerryError: It is rotated, another service's, a copy of another region's, about to be deleted,
            has no value that is text, or AWS refuses a call.
    """
    found = _described(client, arn)
    _refuse_what_others_write(found, arn)
    stages = _stages(found)
    if CURRENT_STAGE not in stages:
        raise FerryError(
            f"The secret {name_of(arn)} has no version under {CURRENT_STAGE}, which the applications "
            "read.",
            "Give it its value first: aws secretsmanager put-secret-value",
        )
    following = stages.get(NEXT_STAGE)
    return Held(
        arn=arn,
        current=_version(client, arn, stages[CURRENT_STAGE]),
        following=None if following is None else _version(client, arn, following),
    )


def put(client: SecretsManagerClient, held: Held, value: str) -> Step:
    """Put a value under the stage for what comes next, and under no other.

    Args:
        client: Secrets Manager.
        held: What the secret had when the value was made.
        value: The value.

    Raises:
        FerryError: The secret has other versions by now, or AWS refuses a call.
    """
    following = None if held.following is None else held.following.version_id
    wanted = {CURRENT_STAGE: held.current.version_id, NEXT_STAGE: following}
    if _of_ours(client, held) != wanted:
        raise FerryError(
            f"The secret {held.name} was changed meanwhile; nothing was written to it.", _AGAIN
        )
    with explained(f"write a version of the secret {held.name}"):
        made = client.put_secret_value(
            SecretId=held.arn,
            # The same in each of boto3's attempts: one whose answer was lost makes no second version.
            ClientRequestToken=str(uuid.uuid4()),
            SecretString=value,
            VersionStages=[NEXT_STAGE],
        )["VersionId"]
    if _of_ours(client, held) != wanted | {NEXT_STAGE: made}:
        raise FerryError(
            f"The secret {held.name} was changed while its version under {NEXT_STAGE} was written, "
            "which may be made of an older one.",
            _AGAIN,
        )
    return Step(
        what=f"{held.name}: {NEXT_STAGE}",
        outcome=Outcome.CREATED if following is None else Outcome.MENDED,
    )


def drop(client: SecretsManagerClient, arn: str) -> Step:
    """Take the stage from the version that has it; AWS deletes a version without any.

    Raises:
        FerryError: AWS refuses a call.
    """
    following = _stages(_described(client, arn)).get(NEXT_STAGE)
    if following is not None:
        with explained(f"take {NEXT_STAGE} from the secret {name_of(arn)}"):
            client.update_secret_version_stage(
                SecretId=arn, VersionStage=NEXT_STAGE, RemoveFromVersionId=following
            )
    return Step(
        what=f"{name_of(arn)}: no {NEXT_STAGE}",
        outcome=Outcome.RIGHT if following is None else Outcome.REMOVED,
    )


def _described(client: SecretsManagerClient, arn: str) -> DescribeSecretResponseTypeDef:
    try:
        with explained(f"read the secret {name_of(arn)}"):
            found = client.describe_secret(SecretId=arn)
    except NotFoundError:
        raise NotFoundError(
            f"There is no secret {arn}.", "Correct it in cutover.application_secret_arns."
        ) from None
    if found.get("DeletedDate"):
        raise FerryError(
            f"The secret {name_of(arn)} is scheduled for deletion.",
            f"If it is still needed: aws secretsmanager restore-secret --secret-id {arn}",
        )
    return found


def _refuse_what_others_write(found: DescribeSecretResponseTypeDef, arn: str) -> None:
    name, region = name_of(arn), arn.split(":")[3]
    if owner := found.get("OwningService"):
        raise FerryError(
            f"The secret {name} is owned by {owner} (OwningService), and no other "
            "may write its value.",
            "Take it out of cutover.application_secret_arns; the applications need one of their own.",
        )
    if found.get("RotationEnabled"):
        raise FerryError(
            f"The secret {name} is rotated: its rotation may give the applications another password "
            "between now and the switch, which the prepared version would not have.",
            f"Until the cutover is over: aws secretsmanager cancel-rotate-secret --secret-id {arn}",
        )
    if found.get("PrimaryRegion", region) != region:
        raise FerryError(
            f"The secret {name} is a replica of the one in {found['PrimaryRegion']}, where alone it "
            "can be written.",
            f"For it to stand alone: aws secretsmanager stop-replication-to-replica --secret-id {arn}",
        )


def _stages(found: DescribeSecretResponseTypeDef) -> dict[str, str]:
    """The versions by their stages."""
    return {
        stage: version
        for version, stages in found.get("VersionIdsToStages", {}).items()
        for stage in stages
    }


def _of_ours(client: SecretsManagerClient, held: Held) -> dict[str, str | None]:
    """Which versions have the two stages now."""
    stages = _stages(_described(client, held.arn))
    return {stage: stages.get(stage) for stage in (CURRENT_STAGE, NEXT_STAGE)}


def _version(client: SecretsManagerClient, arn: str, version_id: str) -> Version:
    with explained(f"read the value of the secret {name_of(arn)}"):
        found = client.get_secret_value(SecretId=arn, VersionId=version_id)
    value = found.get("SecretString")
    if not value:
        raise FerryError(
            f"What the secret {name_of(arn)} says is not certain: it is binary (SecretBinary).",
            WAY_OUT,
        )
    return Version(version_id=version_id, made=found["CreatedDate"], value=value)

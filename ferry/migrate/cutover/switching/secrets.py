"""The applications' secrets at the switch: AWSCURRENT goes to the version that leads to Aurora, and back.

What it goes by are ids of versions, which are journalled before: no value is read. Secrets Manager moves
the label in one call, from the version that is named or not at all, and puts AWSPREVIOUS on that version;
other labels, `ferry-next` among them, stay where they are. So the next cutover finds the version again.

Sources: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Self

from facts.application_secrets import CURRENT_STAGE, NEXT_STAGE
from ferry.account import explained
from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A move of AWSCURRENT, with all that has to be journalled before it.

    Args:
        arn: The secret.
        before: The id of the version that has AWSCURRENT before.
        after: The id of the one that has it afterwards.
    """

    arn: str
    before: str
    after: str

    @property
    def back(self) -> Move:
        """The way back: the same between the same versions."""
        return Move(arn=self.arn, before=self.after, after=self.before)

    def as_json(self) -> dict[str, str]:
        """As the journal keeps it."""
        return {"arn": self.arn, "before": self.before, "after": self.after}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Self:
        """As the journal has kept it."""
        return cls(arn=kept["arn"], before=kept["before"], after=kept["after"])


class Moved(Enum):
    """What a move came to."""

    NOW = auto()
    """It was made."""

    ALREADY = auto()
    """It had been made before, by ferry: AWSCURRENT is where the journal says."""


def planned(arn: str, stages: Mapping[str, str]) -> Move:
    """The move to the version under `ferry-next`. Pure.

    Args:
        arn: The secret.
        stages: The ids of its versions, by their labels.

    Raises:
        FerryError: It has no such version, or that is the current one already.
    """
    current, following = stages.get(CURRENT_STAGE), stages.get(NEXT_STAGE)
    if current is None or following is None:
        raise FerryError(
            f"The secret {arn} has no version under {NEXT_STAGE if current else CURRENT_STAGE}.",
            "Prepare it: ferry secret application ENV",
        )
    if current == following:
        raise FerryError(
            f"The version of the secret {arn} under {NEXT_STAGE} is under {CURRENT_STAGE} too: the "
            "applications read it already, and what they read before is not known.",
            f"Move {CURRENT_STAGE} back to the version that leads to the source: aws secretsmanager "
            "update-secret-version-stage",
        )
    return Move(arn=arn, before=current, after=following)


def outcome(move: Move, stages: Mapping[str, str]) -> Moved | None:
    """What a move has come to already; None where it is still to be made. Pure.

    Raises:
        FerryError: AWSCURRENT is on a third version: somebody has changed the secret since its versions
            were journalled.
    """
    current = stages.get(CURRENT_STAGE)
    if current == move.after:
        return Moved.ALREADY
    if current == move.before:
        return None
    raise FerryError(
        f"The secret {move.arn} was changed by somebody: {CURRENT_STAGE} is on version {current}, neither "
        f"on {move.before} nor on {move.after}, which the journal has. It is left as it is.",
        f"Find out who did (AWS CloudTrail, PutSecretValue or a rotation) and whether its password is "
        f"wanted; then move {CURRENT_STAGE} to one of these: aws secretsmanager "
        f"update-secret-version-stage. Then run this again.",
        stays=True,
    )


def read(client: SecretsManagerClient, arns: Iterable[str]) -> list[Move]:
    """The moves of the switch; they are journalled before the first is made.

    Args:
        client: Secrets Manager.
        arns: The secrets.

    Raises:
        FerryError: Some cannot be switched, a line each; nothing is changed.
    """
    found: list[Move] = []
    problems: list[str] = []
    for arn in arns:
        try:
            found.append(planned(arn, _stages(client, arn)))
        except FerryError as error:
            problems.append(str(error))
    if problems:
        raise FerryError("\n".join(problems))
    return found


def look(client: SecretsManagerClient, move: Move) -> None:
    """See that a move can be made, or was.

    Raises:
        FerryError: Somebody has changed the secret since, or AWS refuses.
    """
    outcome(move, _stages(client, move.arn))


def carry_out(client: SecretsManagerClient, move: Move) -> Moved:
    """Make a move, there or back; what is made already is left alone.

    A call whose answer was lost is refused when it is made again: what the secret has then decides.

    Args:
        client: Secrets Manager.
        move: What the journal has, or its `back`.

    Raises:
        FerryError: Somebody has changed the secret since, or AWS refuses.
    """
    if done := outcome(move, _stages(client, move.arn)):
        return done
    try:
        with explained(f"move {CURRENT_STAGE} of the secret {move.arn}"):
            client.update_secret_version_stage(
                SecretId=move.arn,
                VersionStage=CURRENT_STAGE,
                RemoveFromVersionId=move.before,
                MoveToVersionId=move.after,
            )
    except FerryError:
        if outcome(move, _stages(client, move.arn)) is None:
            raise
    return Moved.NOW


def _stages(client: SecretsManagerClient, arn: str) -> dict[str, str]:
    """The ids of a secret's versions, by their labels: each is on one version at most."""
    with explained(f"read which versions the secret {arn} has"):
        found = client.describe_secret(SecretId=arn)
    return {
        label: version
        for version, labels in found.get("VersionIdsToStages", {}).items()
        for label in labels
    }

"""Aurora Serverless v2: the capacities that a cluster's serverless instances scale between.

Nothing scales here: an instance has no size.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_aws.answers import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANCE_CLASS = "db.serverless"
_STEPS_OF_AN_ACU = 2
_MOST = 256
_LEAST_MAXIMUM = 1
_DEFAULT_PAUSE_SECONDS = 300


def scaling(given: Mapping[str, Any]) -> dict[str, Any]:
    """A scaling configuration as RDS tells it: an idle instance pauses after five minutes by default.

    Raises:
        AwsError: InvalidParameterValue.
    """
    least, most = float(given.get("MinCapacity", 0.5)), float(given.get("MaxCapacity", 0))
    pause = given.get("SecondsUntilAutoPause")
    for name, value in (("minimum", least), ("maximum", most)):
        if not 0 <= value <= _MOST or value * _STEPS_OF_AN_ACU % 1:
            raise AwsError(
                "InvalidParameterValue",
                f"Serverless v2 {name} capacity {value} isn't valid. Give 0 to {_MOST} in half steps.",
            )
    if most < max(least, _LEAST_MAXIMUM):
        raise AwsError(
            "InvalidParameterValue",
            f"Serverless v2 maximum capacity {most} isn't valid. It must be {_LEAST_MAXIMUM} or more, "
            f"and at least the minimum capacity {least}.",
        )
    if pause is not None and least:
        raise AwsError(
            "InvalidParameterValue",
            "SecondsUntilAutoPause can only be specified when minimum capacity is 0.",
        )
    found = {"MinCapacity": least, "MaxCapacity": most}
    if least:
        return found
    return {**found, "SecondsUntilAutoPause": int(pause or _DEFAULT_PAUSE_SECONDS)}


def require_scaling(cluster: Any, instance_class: str) -> None:  # noqa: ANN401 - moto's own type
    """Refuse a serverless instance in a cluster of which no capacity is said.

    Raises:
        AwsError: InvalidDBClusterStateFault.
    """
    if instance_class == INSTANCE_CLASS and not cluster.serverless_v2_scaling_configuration:
        raise AwsError(
            "InvalidDBClusterStateFault",
            "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a "
            "Serverless v2 DB instance.",
        )

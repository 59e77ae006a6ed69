"""Clusters and credentials to test, as an environment's stack would make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.aurora import AuroraCluster
from constructs_lib.credentials import MasterCredentials
from constructs_lib.encryption import EnvironmentKey
from constructs_lib.network import SecurityGroups
from tests.unit.constructs_lib.network_examples import PlainNetwork

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from facts.placement import Placement

NAME = "ferry-dev"


def environment_key(stack: TerraformStack, placement: Placement) -> EnvironmentKey:
    return EnvironmentKey(stack, "key", name=NAME, placement=placement, prevent_destroy=False)


def master_credentials(
    stack: TerraformStack,
    key: EnvironmentKey,
    *,
    version: int = 1,
    recovery_window_days: int = 30,
    prevent_destroy: bool = True,
) -> MasterCredentials:
    return MasterCredentials(
        stack,
        "credentials",
        name=NAME,
        key=key,
        username="ferry_admin",
        version=version,
        recovery_window_days=recovery_window_days,
        prevent_destroy=prevent_destroy,
    )


def aurora_cluster(
    stack: TerraformStack,
    placement: Placement,
    **different: Any,  # noqa: ANN401 (any of the construct's arguments)
) -> AuroraCluster:
    """A cluster with the defaults, but for what is said to be different."""
    network = PlainNetwork()
    key = different.pop("key", None) or environment_key(stack, placement)
    credentials = different.pop("credentials", None) or master_credentials(stack, key)
    arguments: dict[str, Any] = {
        "name": NAME,
        "placement": placement,
        "network": network,
        "security_groups": SecurityGroups(
            stack,
            "security-groups",
            name=NAME,
            network=network,
            aurora_port=5432,
            source_cidr="192.168.0.0/16",
            source_port=5432,
        ),
        "key": key,
        "credentials": credentials,
        "database_name": "app",
        "instance_class": "db.r6g.large",
        **different,
    }
    return AuroraCluster(stack, "aurora", **arguments)


def only_name(resources: dict[str, Any]) -> str:
    """The local name of the only resource."""
    (name,) = resources
    return name

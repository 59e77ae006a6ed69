"""How a defect is written down, and the changes that several areas share."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ferry.check.deployment.deployed import Deployed
from ferry.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dms.type_defs import EndpointTypeDef

Plant = Callable[[Deployed], AbstractContextManager[object]]
"""A change on entry, which is undone on exit."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A row: something that is wrong with an environment, for as long as it is planted.

    Args:
        check: The check that finds it.
        says: What its finding begins with.
        plant: The change, and how it is undone.
        level: The finding's level.
        environment: The environment that it is planted in.
    """

    check: str
    says: str
    plant: Plant
    level: Level = Level.BLOCKED
    environment: str = "dev"


def endpoint_of(deployed: Deployed, end: str) -> EndpointTypeDef:
    """What DMS says of the only endpoint of an end."""
    (found,) = (endpoint.found for endpoint in deployed.endpoints if endpoint.end == end)
    return found


def swap(change: Callable[[Deployed], object], undo: Callable[[Deployed], object]) -> Plant:
    """A change of which nothing has to be remembered until it is undone."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        change(deployed)
        yield
        undo(deployed)

    return plant


def state_says(change: Callable[[Deployed, dict[str, Any]], object]) -> Plant:
    """Let the state say something else; the change is given the state's document."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        s3, environment = deployed.account.s3, deployed.environment
        where: dict[str, Any] = {"Bucket": environment.state_bucket, "Key": environment.state_key}
        before = s3.get_object(**where)["Body"].read()
        state = json.loads(before)
        change(deployed, state)
        s3.put_object(**where, Body=json.dumps(state), ServerSideEncryption="AES256")
        yield
        s3.put_object(**where, Body=before, ServerSideEncryption="AES256")

    return plant


def output_says(name: str, wrong: Callable[[Deployed], object]) -> Plant:
    """Let the state say another output."""
    return state_says(lambda deployed, state: state["outputs"][name].update(value=wrong(deployed)))


def another_key(output: str) -> Plant:
    """Say that the environment's key is another: what is made cannot change its own."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        with key(deployed) as arn, output_says(output, lambda _: arn)(deployed):
            yield

    return plant


@contextmanager
def key(deployed: Deployed) -> Iterator[str]:
    """A KMS key that is not the environment's: its ARN."""
    kms = deployed.account.kms
    made = kms.create_key(Description="not the environment's")["KeyMetadata"]
    yield made.get("Arn", "")
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)


def default_vpc_id(deployed: Deployed) -> str:
    """The region's default VPC, which is not the environment's."""
    default = {"Name": "is-default", "Values": ["true"]}
    found = deployed.account.ec2.describe_vpcs(Filters=[default])  # type: ignore[list-item]  # of the shape
    return found["Vpcs"][0].get("VpcId", "")


def with_statements(policy: str, change: Callable[[list[Any]], list[Any]]) -> str:
    """A policy with other statements."""
    document = json.loads(policy)
    return json.dumps({**document, "Statement": change(document["Statement"])})


def without(principal: str) -> Callable[[list[Any]], list[Any]]:
    """Leaves out the statements for a service."""
    return lambda statements: [
        one for one in statements if one["Principal"] != {"Service": principal}
    ]


def without_conditions(statements: list[Any]) -> list[Any]:
    """Takes the conditions of all statements away."""
    return [{**one, "Condition": {}} for one in statements]
